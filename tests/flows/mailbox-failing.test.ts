import { expect, test } from 'vitest'
import { addMailbox, changeMailbox } from '#channels/change-mailboxes.ts'
import { noteMailboxTrouble, noteMailboxWell } from '#channels/fetch-mailbox.ts'
import { receiveMail } from '#channels/receive-mail.ts'
import { watchSilence } from '#channels/watch-silence.ts'
import { testClock } from '#core/clock.ts'
import { openWorker, runJobsUntilQuiet } from '../../src/doors/worker/run.ts'
import { openDesk } from '../world/desk.ts'
import { until } from '../world/free-port.ts'
import { startReceivingServer } from '../world/receiving-server.ts'

test('administrators hear once, by mail, of a mailbox that fails for minutes; of a short trouble nobody hears', async () => {
  await using outside = await startReceivingServer()
  await using desk = await openDesk({ SMTP_URL: `smtp://127.0.0.1:${outside.port}` })
  const { id } = await addMailbox(desk.ada, {
    address: 'support@desk.example',
    department: desk.department,
    imap: { host: 'mail.example', port: 993, security: 'tls', user: 'support', password: 'sesame-1' },
  })
  const clock = testClock(new Date())
  const ctx = { ...desk.ctx, clock }
  const trouble = { key: 'signIn' as const, params: { host: 'mail.example', port: 993 }, detail: 'NO [AUTHENTICATIONFAILED]' }
  await using _worker = await openWorker(desk.ctx, { concurrency: 2, databaseUrl: desk.databaseUrl })

  await noteMailboxTrouble(ctx, id, trouble, false)
  await noteMailboxWell(ctx, id)
  let told = await noteMailboxTrouble(ctx, id, trouble, false)
  expect(told).toBe(false)
  for (let minute = 0; minute < 12; minute++) {
    clock.advance(60)
    told = await noteMailboxTrouble(ctx, id, trouble, told)
  }
  expect(told).toBe(true)
  const mail = await until(async () => outside.received[0], 'a mail to Ada')
  expect(mail.to).toEqual(['ada@desk.example'])
  const text = mail.raw.toString().replace(/=\r\n/g, '')
  expect(text).toContain('Subject: No mail from support@desk.example')
  expect(text).toContain('mail.example refused the user name or password.')
  expect(text).not.toContain('sesame-1')

  await noteMailboxWell(ctx, id)
  const events = await desk.ctx.db
    .selectFrom('event')
    .select('verb')
    .where('subject_kind', '=', 'mailbox')
    .orderBy('id')
    .execute()
  expect(events.map((event) => event.verb)).toEqual(['mailbox.changed', 'mailbox.failing', 'mailbox.recovered'])
  expect(outside.received).toHaveLength(1)
})

test('administrators hear once when a mailbox is silent for longer than its usual, and again after mail has come', async () => {
  await using outside = await startReceivingServer()
  await using desk = await openDesk({ SMTP_URL: `smtp://127.0.0.1:${outside.port}` })
  const input = { address: 'support@desk.example', department: desk.department }
  const { id } = await addMailbox(desk.ada, input)
  const clock = testClock(new Date())
  const ctx = { ...desk.ctx, clock }
  clock.advance(100 * 3600)
  // Off unless asked for.
  expect(await watchSilence(ctx)).toBe(0)
  await changeMailbox({ ...desk.ada, clock }, id, { ...input, silentAfterHours: 24 })
  expect(await watchSilence(ctx)).toBe(1)
  expect(await watchSilence(ctx)).toBe(0)
  await runJobsUntilQuiet(ctx, desk.app.connection.pool)
  const mail = await until(async () => outside.received[0], 'a mail to Ada')
  expect(mail.to).toEqual(['ada@desk.example'])
  expect(mail.raw.toString().replace(/=\r\n/g, '')).toContain('No mail has come for 100 hours.')

  const raw = Buffer.from('From: kim@customer.example\r\n\r\nHello\r\n')
  await receiveMail(ctx, { raw, from: 'kim@customer.example', to: ['support@desk.example'] })
  clock.advance(23 * 3600)
  expect(await watchSilence(ctx)).toBe(0)
  clock.advance(2 * 3600)
  expect(await watchSilence(ctx)).toBe(1)
})
