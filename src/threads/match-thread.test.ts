import { describe, expect, it } from 'vitest'
import { parseMail } from '#channels/email/parse-mail.ts'
import { bodyMarker, signCatchAllAddress, signMessageId, signReplyAddress } from '#channels/email/signed-address.ts'
import { osticketId } from '../../tests/world/osticket-id.ts'
import { chooseMatch, type FoundThread, type FoundThreads, threadCandidates } from './match-thread.ts'

const signingKey = new Uint8Array(32).fill(3)
const first: FoundThread = { ticket: 1, thread: 11, number: '482913', parties: ['kim@shop.example', 'sam@desk.example'] }
const second: FoundThread = { ticket: 2, thread: 12, number: '555555', parties: ['ada@customer.example'] }
const found: FoundThreads = {
  byTicket: new Map([
    [1, first],
    [2, second],
  ]),
  byMessageId: new Map([
    ['known-1@desk.example', first],
    ['known-2@desk.example', second],
  ]),
  byNumber: new Map([
    ['482913', first],
    ['555555', second],
  ]),
}
const address = signReplyAddress(signingKey, { address: 'support@desk.example', ticket: 1, recipient: 'kim@shop.example' })
const ourId = signMessageId(signingKey, { ticket: 2, entry: 5, random: 'r', domain: 'desk.example' })

function match(fields: string, from = 'kim@shop.example') {
  const mail = parseMail(Buffer.from(`From: ${from}\n${fields}\n\nHi\n`))
  return chooseMatch(threadCandidates(mail, { signingKey }), found, from)
}

describe('first hit wins', () => {
  it.each([
    ['the signed reply address', `To: ${address}\nIn-Reply-To: <${ourId}>\nSubject: [#555555]`, 'signed_address', first],
    ['the same in Delivered-To', `To: support@desk.example\nDelivered-To: ${address}`, 'signed_address', first],
    ['our signed Message-ID', `In-Reply-To: <${ourId}>\nReferences: <known-1@desk.example>`, 'signed_id', second],
    ['a Message-ID we know, the nearest one', 'References: <known-2@desk.example> <known-1@desk.example>', 'known_id', first],
    [
      'In-Reply-To before References',
      'In-Reply-To: <known-1@desk.example>\nReferences: <known-2@desk.example>',
      'known_id',
      first,
    ],
    [
      'the signed address on a domain that is ours as a whole',
      `To: ${signCatchAllAddress(signingKey, { domain: 'reply.desk.example', ticket: 1, recipient: 'kim@shop.example' })}\nIn-Reply-To: <${ourId}>`,
      'signed_address',
      first,
    ],
    ['the number, from a party', 'Subject: Re: Grinder [#482913]', 'number', first],
    ['the number behind a name', 'Subject: Re: [Harbour Coffee #482913] Grinder', 'number', first],
  ])('%s', (_what, fields, kind, thread) => {
    expect(match(fields)).toMatchObject({ kind, thread })
  })

  it('finds the marker that a quoted mail of ours holds, after signed ids and before known ones', () => {
    const quoting = (body: string, fields = '') => {
      const mail = parseMail(Buffer.from(`From: kim@shop.example\n${fields}Content-Type: text/html\n\n${body}\n`))
      return chooseMatch(threadCandidates(mail, { signingKey }), found, 'kim@shop.example')
    }
    const marker = bodyMarker(signingKey, 1)
    const body = `<p>Yes</p><blockquote><div style="display:none">${marker.toUpperCase()}</div></blockquote>`
    expect(quoting(body)).toMatchObject({ kind: 'body_marker', thread: first, isParty: true })
    expect(quoting(body, 'In-Reply-To: <known-2@desk.example>\n')).toMatchObject({ kind: 'body_marker', thread: first })
    expect(quoting(body, `In-Reply-To: <${ourId}>\n`)).toMatchObject({ kind: 'signed_id', thread: second })
    expect(quoting(body.replace('REF:T1', 'REF:T2')).kind).toBe('none')
  })

  it('knows signed ids of an imported desk only with its salt, in headers and in what is quoted', () => {
    const id = osticketId('the old salt', { user: 3, entry: 9, thread: 77 })
    const imported: FoundThreads = { ...found, byImported: new Map([[77, second]]) }
    const read = (raw: string, osticketSalt: string) =>
      chooseMatch(threadCandidates(parseMail(Buffer.from(raw)), { signingKey, osticketSalt }), imported, 'ada@customer.example')
    const answer = `From: ada@customer.example\nIn-Reply-To: <${id}>\n\nHi\n`
    expect(read(answer, 'the old salt')).toMatchObject({ kind: 'imported_id', thread: second, isParty: true })
    expect(read(answer, 'another salt').kind).toBe('none')
    expect(read(answer, '').kind).toBe('none')
    expect(read(`From: ada@customer.example\n\nHi\n\n> Ref-Mid: ${id}\n`, 'the old salt')).toMatchObject({ kind: 'imported_id' })
  })

  it('knows who takes part', () => {
    expect(match('In-Reply-To: <known-1@desk.example>', 'KIM@shop.example').isParty).toBe(true)
    expect(match('In-Reply-To: <known-1@desk.example>', 'mallory@evil.example')).toMatchObject({
      kind: 'known_id',
      isParty: false,
    })
  })

  it('counts the one whom a signed address was made for as a party, and nobody else who got hold of it', () => {
    expect(match(`To: ${address}`, 'kim@shop.example').isParty).toBe(true)
    expect(match(`To: ${address}`, 'mallory@evil.example')).toMatchObject({ kind: 'signed_address', isParty: false })
  })
})

describe('what matches nothing', () => {
  it.each([
    ['a number from a stranger', 'Subject: Re: Grinder [#555555]'],
    ['a number without its mark', 'Subject: Re: Grinder 482913'],
    ['the subject alone', 'Subject: Re: Grinder is loud'],
    ['a forged signed id', `In-Reply-To: <${ourId.replace('t.2.', 't.1.')}>`],
    ['a forged address', `To: ${address.replace('+t1.', '+t2.')}`],
    ['an unknown id', 'In-Reply-To: <x@y.example>'],
  ])('%s', (_what, fields) => {
    expect(match(fields)).toEqual({ kind: 'none', thread: null, isParty: false, isMadeForSender: false })
  })
})

it('asks for few things however long the mail', () => {
  const references = Array.from({ length: 5_000 }, (_, index) => `<${index}@x.example>`).join(' ')
  const subject = Array.from({ length: 100 }, (_, index) => `[#${index}00]`).join('')
  const candidates = threadCandidates(
    parseMail(Buffer.from(`From: a@b.example\nSubject: ${subject}\nReferences: ${references}\n\nx`)),
    { signingKey },
  )
  expect(candidates.knownIds.length).toBeLessThanOrEqual(50)
  expect(candidates.numbers.length).toBeLessThanOrEqual(5)
})

it('looks first for the mail that a delivery report is about', () => {
  const candidates = threadCandidates(parseMail(Buffer.from('From: <>\nReferences: <other@desk.example>\n\nHi\n')), {
    signingKey,
    reportedId: ourId,
  })
  expect(candidates.signedIds.map((one) => one.ticket)).toEqual([2])
  expect(candidates.knownIds[0]).toBe(ourId)
})
