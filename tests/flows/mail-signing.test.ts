import { dkimVerify } from 'mailauth/lib/dkim/verify.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addMailbox } from '#channels/change-mailboxes.ts'
import { deliver } from '#channels/deliver.ts'
import { checkSender } from '#channels/email/check-sender.ts'
import { parseMail } from '#channels/email/parse-mail.ts'
import { dnsError, type MailResolver } from '#channels/mail-dns.ts'
import { queueOutbound } from '#channels/queue-outbound.ts'
import { checkSigningKey, listSigningKeys, makeSigningKey, removeSigningKey } from '#channels/signing-keys.ts'
import { type Desk, openDesk } from '../world/desk.ts'
import { type ReceivingServer, startReceivingServer } from '../world/receiving-server.ts'

/** Outgoing mail is signed once the record of its key is in the DNS, and what a receiver gets passes its check. */

const names = new Map<string, string[][]>()
const resolver: MailResolver = async (name) => {
  const found = names.get(name)
  if (!found) throw dnsError('ENOTFOUND', name)
  return found
}

let desk: Desk
let server: ReceivingServer

beforeAll(async () => {
  server = await startReceivingServer()
  desk = await openDesk({ SMTP_URL: `smtp://127.0.0.1:${server.port}?security=none` }, undefined, resolver)
  await addMailbox(desk.ada, { address: 'support@help.desk.example', department: desk.department })
})
afterAll(async () => {
  await desk?.[Symbol.asyncDispose]()
  await server?.[Symbol.asyncDispose]()
})

async function sent(): Promise<Buffer> {
  const { id } = await queueOutbound(desk.ctx, {
    mailbox: null,
    kind: 'reply',
    sendsAt: desk.ctx.clock.now(),
    content: {
      from: { name: 'Sam', address: 'support@help.desk.example' },
      replyTo: null,
      to: [{ name: 'Kim', address: 'kim@customer.example' }],
      cc: [],
      subject: 'Über die Mühle',
      inReplyTo: null,
      references: [],
      text: 'Hello  \nthere.',
      html: '<p>Hello there.</p>',
      files: [],
      automatic: 'no',
    },
  })
  await deliver(desk.ctx, id)
  return Buffer.from(server.received.at(-1)!.raw)
}

test('a key signs from the moment its record is found', async () => {
  const key = await makeSigningKey(desk.ada, { domain: 'Desk.example' })
  expect(key).toMatchObject({ domain: 'desk.example', publishedAt: null })
  expect(key.record.name).toBe(`${key.selector}._domainkey.desk.example`)
  expect((await sent()).toString()).not.toMatch(/^DKIM-Signature:/im)

  expect(await checkSigningKey(desk.ada, key.id)).toBe('absent')
  names.set(key.record.name, [['v=DKIM1; p=AAAA']])
  expect(await checkSigningKey(desk.ada, key.id)).toBe('other')
  // Long records are published in pieces.
  names.set(key.record.name, [[key.record.value.slice(0, 200), key.record.value.slice(200)]])
  expect(await checkSigningKey(desk.ada, key.id)).toBe('published')

  const raw = await sent()
  const { results } = await dkimVerify(raw, { resolver: resolver as (name: string, type: string) => Promise<never> })
  expect(results).toMatchObject([{ signingDomain: 'desk.example', status: { result: 'pass' } }])
  // And by our own check, as another desk would make it.
  const facts = { client: null, envelopeSender: null, trustedSealers: [] }
  expect(await checkSender(raw, parseMail(raw), facts, resolver, desk.ctx.clock.now())).toMatchObject({
    dkim: [{ domain: 'desk.example', result: 'pass' }],
  })
  expect((await listSigningKeys(desk.ada))[0]).toMatchObject({ checkResult: 'published' })

  await removeSigningKey(desk.ada, key.id)
  expect((await sent()).toString()).not.toMatch(/^DKIM-Signature:/im)
})

test('one key a domain, for names that are domains, and by administrators alone', async () => {
  await makeSigningKey(desk.ada, { domain: 'two.example' })
  await expect(makeSigningKey(desk.ada, { domain: 'two.example' })).rejects.toMatchObject({ code: 'conflict' })
  await expect(makeSigningKey(desk.ada, { domain: 'no domain' })).rejects.toMatchObject({ problems: [{ pointer: '/domain' }] })
  await expect(listSigningKeys({ ...desk.ctx, actor: { ...desk.ada.actor, administrator: false } })).rejects.toMatchObject({
    code: 'forbidden',
  })
})

test('the private key is stored sealed', async () => {
  const rows = await desk.ctx.db.selectFrom('signing_key').select('private_sealed').execute()
  for (const row of rows) expect(row.private_sealed).not.toMatch(/PRIVATE KEY/)
})
