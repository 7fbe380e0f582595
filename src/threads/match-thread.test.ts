import { describe, expect, it } from 'vitest'
import { parseMail } from '#channels/email/parse-mail.ts'
import { signMessageId, signReplyAddress } from '#channels/email/signed-address.ts'
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
    ['the number, from a party', 'Subject: Re: Grinder [#482913]', 'number', first],
    ['the number behind a name', 'Subject: Re: [Harbour Coffee #482913] Grinder', 'number', first],
  ])('%s', (_what, fields, kind, thread) => {
    expect(match(fields)).toMatchObject({ kind, thread })
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
