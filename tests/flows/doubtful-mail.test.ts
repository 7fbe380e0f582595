import { generateKeyPairSync } from 'node:crypto'
import { dkimSign } from 'mailauth/lib/dkim/sign.js'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { addMailbox } from '#channels/change-mailboxes.ts'
import { expireSuspended } from '#channels/expire-suspended.ts'
import { listFuses, resetFuse } from '#channels/fuses.ts'
import { receiveRaw } from '#channels/receive-raw.ts'
import { addSeconds } from '#core/clock.ts'
import { queueTakeSuspended, takeSuspended } from '#intake/take-suspended.ts'
import { banAddress, listBans, unbanAddress } from '#people/bans.ts'
import { listKnownSenders } from '#people/known-senders.ts'
import { changeSettings } from '#settings/change-settings.ts'
import { moveTicket } from '#tickets/edit-ticket.ts'
import { showTicket } from '#tickets/show-ticket.ts'
import { runJobsUntilQuiet } from '../../src/doors/worker/run.ts'
import { type Desk, openDesk } from '../world/desk.ts'
import { namesFrom } from '../world/names.ts'
import { bringCast, type Cast } from '../world/people.ts'

/** What becomes of mail in doubt: bans, spam, remembered senders, loops, and the way out of suspension. */

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const published = `v=DKIM1; p=${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`

let desk: Desk
let cast: Cast
let mailbox: number
let count = 0

beforeAll(async () => {
  desk = await openDesk(
    { SMTP_URL: 'smtp://127.0.0.1:9' },
    undefined,
    namesFrom({ 'TXT s1._domainkey.shop.example': [[published]] }),
  )
  cast = await bringCast(desk.ctx)
  mailbox = (await addMailbox(cast.ada, { address: 'support@desk.example', department: cast.support })).id
})
afterAll(() => desk?.[Symbol.asyncDispose]())
beforeEach(() =>
  changeSettings(cast.ada, { 'mail.onBanned': 'suspend', 'mail.onSpam': 'suspend', 'loops.perSubjectPerHour': 30 }),
)

async function arrive(from: string, more: { subject?: string; headers?: string; signed?: boolean } = {}) {
  count += 1
  const text = `From: ${from}\r\nTo: support@desk.example\r\nSubject: ${more.subject ?? `About ${count}`}\r\nMessage-ID: <m${count}@${from.split('@')[1]}>\r\n${more.headers ?? ''}\r\nHello ${count}\r\n`
  const { signatures } = more.signed
    ? await dkimSign(text, {
        signatureData: [
          {
            signingDomain: 'shop.example',
            selector: 's1',
            privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
            algorithm: 'rsa-sha256',
          },
        ],
      } as Parameters<typeof dkimSign>[1])
    : { signatures: '' }
  const { id } = await receiveRaw(desk.ctx, {
    channel: 'email',
    sourceKey: `doubt:${count}`,
    mailbox,
    raw: Buffer.from(signatures + text),
    envelope: { from, to: ['support@desk.example'] },
  })
  await runJobsUntilQuiet(desk.ctx, desk.app.connection.pool, desk.ctx.clock.now())
  return became(id)
}

async function became(id: number) {
  const row = await desk.ctx.db.selectFrom('inbound_message').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  return {
    id,
    state: row.state,
    reason: (row.reason as { key: string } | null)?.key,
    verdict: row.verdict,
    why: row.verdict_reason,
    ticket: row.ticket_id,
  }
}

test('a signed mail is verified by our own check, and its entry says why', async () => {
  const mail = await arrive('pat@shop.example', { signed: true })
  expect(mail).toMatchObject({ state: 'posted', verdict: 'verified', why: { key: 'dkim_aligned', domain: 'shop.example' } })
  const shown = await showTicket(cast.ada, { id: mail.ticket! })
  expect(shown.inbound.get(mail.id)?.verdictReason).toEqual({ key: 'dkim_aligned', domain: 'shop.example' })
})

test('a ban meets addresses, domains with all below them, and patterns; it counts, and is dropped when it is to be', async () => {
  const domain = await banAddress(cast.ada, { kind: 'domain', address: 'junk.example', reason: 'Junk' })
  await banAddress(cast.ada, { kind: 'pattern', address: '^promo-\\d+@' })
  expect(await arrive('a@mail.junk.example')).toMatchObject({ state: 'parked', reason: 'banned', ticket: null })
  expect(await arrive('promo-17@news.example')).toMatchObject({ state: 'parked', reason: 'banned' })
  await changeSettings(cast.ada, { 'mail.onBanned': 'skip' })
  expect(await arrive('b@junk.example')).toMatchObject({ state: 'skipped', reason: 'banned' })
  expect((await listBans(cast.ada)).find((ban) => ban.id === domain.id)).toMatchObject({
    hits: 2,
    createdBy: 'Ada Admin',
    reason: 'Junk',
  })
  await unbanAddress(cast.ada, domain.id)
  expect((await arrive('c@junk.example')).state).toBe('posted')
})

test('nobody bans a colleague by mistake, nor without being an administrator', async () => {
  await expect(banAddress(cast.ada, { kind: 'domain', address: 'cast.example' })).rejects.toMatchObject({
    problems: [{ pointer: '/address', key: 'banMeetsAgent' }],
  })
  await expect(banAddress(cast.sam, { address: 'x@y.example' })).rejects.toMatchObject({ code: 'forbidden' })
})

test('spam waits with its cause; taken and trusted, its sender is not suspended as spam again', async () => {
  const headers = 'X-Spam-Flag: YES\r\n'
  const first = await arrive('lou@news.example', { headers })
  expect(first).toMatchObject({ state: 'parked', reason: 'spam' })
  const { ticket } = await takeSuspended(cast.ada, first.id, { trust: true })
  expect(await became(first.id)).toMatchObject({ state: 'posted', reason: 'taken_by_person', ticket })
  expect(await arrive('lou@news.example', { headers })).toMatchObject({ state: 'posted', reason: 'no_thread' })
  expect(await arrive('other@news.example', { headers })).toMatchObject({ state: 'parked', reason: 'spam' })
})

test('a ticket marked as spam remembers its sender, and forgets it when it comes back', async () => {
  const mail = await arrive('pushy@offers.example')
  await moveTicket(cast.sam, { id: mail.ticket! }, 'spam')
  expect(await listKnownSenders(cast.ada)).toContainEqual(
    expect.objectContaining({ address: 'pushy@offers.example', standing: 'spam', createdBy: 'Sam Support' }),
  )
  expect(await arrive('pushy@offers.example')).toMatchObject({ state: 'parked', reason: 'remembered_spam' })
  await moveTicket(cast.sam, { id: mail.ticket! }, 'desk')
  expect((await arrive('pushy@offers.example')).state).toBe('posted')
})

test('a suspended mail can be taken by a job, and is put aside after thirty days', async () => {
  const headers = 'X-Spam-Flag: YES\r\n'
  const taken = await arrive('job@news.example', { headers })
  await queueTakeSuspended(cast.ada, taken.id)
  await runJobsUntilQuiet(desk.ctx, desk.app.connection.pool, desk.ctx.clock.now())
  expect(await became(taken.id)).toMatchObject({ state: 'posted', reason: 'taken_by_person' })
  const left = await arrive('left@news.example', { headers })
  await desk.ctx.db
    .updateTable('inbound_message')
    .set({ received_at: addSeconds(desk.ctx.clock.now(), -30 * 86_400 - 60) })
    .where('id', '=', left.id)
    .execute()
  await expireSuspended(desk.ctx)
  expect(await became(left.id)).toMatchObject({ state: 'skipped', reason: 'expired' })
})

test('more than enough of one subject is stopped, administrators are told once, and Reset lets it in', async () => {
  await changeSettings(cast.ada, { 'loops.perSubjectPerHour': 3 })
  const round = (at: number) => arrive('robot@machine.example', { subject: `${'Re: '.repeat(at)}We got it [#${1000 + at}]` })
  for (let at = 0; at < 3; at++) expect((await round(at)).state).toBe('posted')
  expect(await round(3)).toMatchObject({ state: 'parked', reason: 'loop_stopped' })
  expect(await round(4)).toMatchObject({ state: 'parked', reason: 'loop_stopped' })
  expect((await arrive('robot@machine.example', { subject: 'Something else' })).state).toBe('posted')
  const alerts = await desk.ctx.db
    .selectFrom('outbound_message')
    .select(['recipient', 'content'])
    .where('kind', '=', 'notice')
    .execute()
  const stopped = alerts.filter((one) => (one.content as { subject: string }).subject.startsWith('Stopped:'))
  expect(stopped.map((one) => one.recipient)).toEqual(expect.arrayContaining(['ada@cast.example']))
  expect(new Set(stopped.map((one) => one.recipient)).size).toBe(stopped.length)
  expect(
    await desk.ctx.db
      .selectFrom('notification')
      .select('id')
      .where('kind', '=', 'loop_stopped')
      .where('agent_id', '=', cast.ada.actor.id!)
      .execute(),
  ).toHaveLength(1)
  const [fuse] = await listFuses(cast.ada)
  expect(fuse).toMatchObject({ kind: 'subject', value: 'robot@machine.example we got it', count: 5 })
  await expect(resetFuse(cast.sam, fuse!.id)).rejects.toMatchObject({ code: 'forbidden' })
  await resetFuse(cast.ada, fuse!.id)
  expect((await round(5)).state).toBe('posted')
})
