import { generateKeyPairSync } from 'node:crypto'
import { sealMessage } from 'mailauth/lib/arc/index.js'
import { dkimSign } from 'mailauth/lib/dkim/sign.js'
import { describe, expect, it } from 'vitest'
import { namesFrom } from '../../../tests/world/names.ts'
import { dnsError, type MailResolver, openMailDns } from '../mail-dns.ts'
import { checkSender, type SenderFacts } from './check-sender.ts'
import { isAligned, organizationalDomain } from './organizational-domain.ts'
import { parseMail } from './parse-mail.ts'
import { senderVerdict } from './sender-verdict.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const published = `v=DKIM1; k=rsa; p=${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`
const keyAt = (domain: string) => ({ [`TXT s1._domainkey.${domain}`]: [[published]] })
const now = new Date('2026-03-02T10:00:00Z')
const nothing: SenderFacts = { client: null, envelopeSender: null, trustedSealers: [] }

const plain = (from = 'Kim <kim@shop.example>', more = ''): string =>
  `From: ${from}\r\nTo: support@desk.example\r\nSubject: Grinder\r\nDate: Mon, 02 Mar 2026 09:59:00 +0000\r\nMessage-ID: <a@shop.example>\r\n${more}\r\nIt burns.\r\n`

async function signed(domain = 'shop.example', mail = plain(), more: object = {}): Promise<string> {
  const { signatures } = await dkimSign(mail, {
    signatureData: [{ signingDomain: domain, selector: 's1', privateKey: key, algorithm: 'rsa-sha256', ...more }],
    signTime: now,
  } as Parameters<typeof dkimSign>[1])
  return `${signatures}${mail}`
}

async function judge(text: string, resolver: MailResolver, facts: SenderFacts = nothing) {
  const raw = Buffer.from(text)
  const mail = parseMail(raw)
  const ownCheck = await checkSender(raw, mail, facts, resolver, now)
  return { ownCheck, ...senderVerdict(mail, { trustedAuthservIds: [], ownCheck, contact: mail.from }) }
}

describe('our own check of the sender', () => {
  it('verifies a signature over the raw octets by the key that the domain publishes', async () => {
    expect(await judge(await signed(), namesFrom(keyAt('shop.example')))).toMatchObject({
      verdict: 'verified',
      reason: 'dkim_aligned',
      domain: 'shop.example',
    })
  })

  it('believes no signature over changed text', async () => {
    const changed = (await signed()).replace('It burns', 'It is fine')
    expect(await judge(changed, namesFrom(keyAt('shop.example')))).toMatchObject({
      verdict: 'not_verified',
      reason: 'signature_broken',
    })
  })

  it('believes no signature of somebody else, however valid', async () => {
    expect(await judge(await signed('evil.example'), namesFrom(keyAt('evil.example')))).toMatchObject({
      verdict: 'not_verified',
      reason: 'not_aligned',
    })
  })

  it('takes a signature of the organization, by the public suffix list', async () => {
    const mail = plain('Kim <kim@branch.shop.co.uk>')
    expect((await judge(await signed('mail.shop.co.uk', mail), namesFrom(keyAt('mail.shop.co.uk')))).verdict).toBe('verified')
    const neighbour = plain('Kim <kim@other.co.uk>')
    expect((await judge(await signed('shop.co.uk', neighbour), namesFrom(keyAt('shop.co.uk')))).verdict).toBe('not_verified')
  })

  it('asks more than a relaxed alignment of a domain that asks for it', async () => {
    const mail = plain('Kim <kim@shop.example>')
    const names = namesFrom({
      ...keyAt('mail.shop.example'),
      'TXT _dmarc.shop.example': [['v=DMARC1; p=reject; adkim=s']],
    })
    expect((await judge(await signed('mail.shop.example', mail), names)).verdict).toBe('not_verified')
  })

  it('believes no signature that leaves the end of the body open', async () => {
    const open = await signed('shop.example', plain(), { maxBodyLength: 4 })
    expect((await judge(`${open}And pay at once.\r\n`, namesFrom(keyAt('shop.example')))).verdict).toBe('not_verified')
  })

  it('believes no signature beside a second subject', async () => {
    expect((await judge(`Subject: Pay\r\n${await signed()}`, namesFrom(keyAt('shop.example')))).verdict).toBe('not_verified')
  })

  it('calls it not verified, never failed, when name servers do not answer', async () => {
    const silent: MailResolver = async (name) => {
      throw dnsError('ETIMEOUT', name)
    }
    expect(await judge(await signed(), silent)).toMatchObject({ verdict: 'not_verified', reason: 'dns_failed' })
    const client = { address: '8.8.4.4', helo: 'mx.shop.example' }
    expect(await judge(plain(), silent, { ...nothing, client, envelopeSender: 'kim@shop.example' })).toMatchObject({
      verdict: 'not_verified',
      reason: 'dns_failed',
    })
  })

  it('asks nobody about a mail that holds no proof, nor about one with a hundred signatures', async () => {
    const never: MailResolver = () => {
      throw new Error('asked')
    }
    expect((await judge(plain(), never)).ownCheck).toBeNull()
    const one = (await signed()).slice(0, -plain().length)
    expect((await judge(one.repeat(100) + plain(), never)).ownCheck).toBeNull()
  })
})

describe('mail that strangers hand to our own listener', () => {
  const client = { address: '203.0.113.7', helo: 'mx.shop.example' }
  // 203.0.113.0/24 is kept for documentation: a real address stands for the client.
  const outside: SenderFacts = { ...nothing, client: { ...client, address: '8.8.4.4' }, envelopeSender: 'kim@shop.example' }
  const policy = { 'TXT _dmarc.shop.example': [['v=DMARC1; p=reject']] }

  it('passes SPF from a server that the domain names', async () => {
    const names = namesFrom({ ...policy, 'TXT shop.example': [['v=spf1 ip4:8.8.4.4 -all']] })
    expect(await judge(plain(), names, outside)).toMatchObject({ verdict: 'verified', reason: 'dmarc_pass' })
  })

  it('fails when the domain disowns it', async () => {
    const names = namesFrom({ ...policy, 'TXT shop.example': [['v=spf1 -all']] })
    expect(await judge(plain(), names, outside)).toMatchObject({ verdict: 'failed', reason: 'dmarc_fail' })
  })

  it('only doubts when the domain asks nobody to act', async () => {
    const names = namesFrom({ 'TXT _dmarc.shop.example': [['v=DMARC1; p=none']], 'TXT shop.example': [['v=spf1 -all']] })
    expect(await judge(plain(), names, outside)).toMatchObject({ verdict: 'not_verified', reason: 'dmarc_fail_unenforced' })
  })

  it('does not take a relay of our own network for the sender', async () => {
    const inside = { ...outside, client: { address: '10.0.0.5', helo: 'relay' } }
    expect((await judge(plain(), namesFrom({ ...policy, 'TXT shop.example': [['v=spf1 -all']] }), inside)).ownCheck).toBeNull()
  })
})

describe('a forwarder that broke the signature', () => {
  /** As a mailing list would: sees the signed mail, changes it, and seals what it saw. */
  async function forwarded(): Promise<string> {
    const changed = (await signed()).replace('It burns.', 'It burns. -- sent through the list')
    const seal = await sealMessage(changed, {
      signingDomain: 'list.example',
      selector: 's1',
      privateKey: key,
      authResults: 'mx.list.example; dkim=pass header.d=shop.example',
      cv: 'none',
      signTime: now,
    } as unknown as Parameters<typeof sealMessage>[1])
    return `${seal.toString()}${changed}`
  }
  const names = namesFrom({ ...keyAt('shop.example'), ...keyAt('list.example') })

  it('is believed when it is on the list', async () => {
    expect(await judge(await forwarded(), names, { ...nothing, trustedSealers: ['list.example'] })).toMatchObject({
      verdict: 'verified',
      reason: 'arc_trusted',
    })
  })

  it('is not believed when it is not', async () => {
    expect((await judge(await forwarded(), names, { ...nothing, trustedSealers: ['other.example'] })).verdict).toBe(
      'not_verified',
    )
  })

  it('is not believed when its seal does not fit', async () => {
    const broken = (await forwarded()).replace('through the list', 'through the lost')
    expect((await judge(broken, names, { ...nothing, trustedSealers: ['list.example'] })).verdict).toBe('not_verified')
  })
})

describe('X-MS-Exchange-Organization-AuthAs', () => {
  const mail = parseMail(Buffer.from(plain('Kim <kim@shop.example>', 'X-MS-Exchange-Organization-AuthAs: Internal\r\n')))
  it('counts from a mailbox whose server alone writes it, and from no other', () => {
    expect(senderVerdict(mail, { trustedAuthservIds: [], trustedInternal: true })).toMatchObject({
      verdict: 'internal',
      reason: 'organisation_internal',
    })
    expect(senderVerdict(mail, { trustedAuthservIds: [] }).verdict).toBe('not_verified')
  })
})

describe('organizational domains', () => {
  it.each([
    ['mail.shop.example', 'shop.example'],
    ['a.b.shop.co.uk', 'shop.co.uk'],
    ['kim.github.io', 'kim.github.io'],
    ['co.uk', null],
    ['', null],
  ])('%s', (domain, expected) => expect(organizationalDomain(domain)).toBe(expected))

  it('never aligns two customers of one registry or host', () => {
    expect(isAligned('kim.github.io', 'eve.github.io')).toBe(false)
    expect(isAligned('co.uk', 'shop.co.uk')).toBe(false)
    expect(isAligned('Mail.Shop.Example.', 'shop.example')).toBe(true)
  })
})

describe('name servers', () => {
  it('are asked once about a name, and left alone after they were silent', async () => {
    let asked = 0
    let time = 0
    const dns = openMailDns({ now: () => new Date(time) }, async (name) => {
      asked += 1
      if (name.startsWith('gone')) throw dnsError('ETIMEOUT', name)
      return [['x']]
    })
    await dns('shop.example', 'TXT')
    await dns('shop.example', 'TXT')
    expect(asked).toBe(1)
    for (let at = 0; at < 10; at++) await dns(`gone${at}.example`, 'TXT').catch(() => {})
    expect(asked).toBe(5)
    time += 61_000
    await dns('gone99.example', 'TXT').catch(() => {})
    expect(asked).toBe(6)
  })
})
