import { afterAll, beforeAll, expect, test } from 'vitest'
import { addMailbox } from '#channels/change-mailboxes.ts'
import { outboundLog, retryOutbound } from '#channels/mail-log.ts'
import { resendOutbound, showOutbound } from '#channels/outbound-log.ts'
import { queueOutbound } from '#channels/queue-outbound.ts'
import { addSeconds } from '#core/clock.ts'
import type { Context } from '#core/context.ts'
import { isAppError } from '#core/errors.ts'
import { runJobsUntilQuiet } from '../../src/doors/worker/run.ts'
import { type Desk, openDesk } from '../world/desk.ts'
import { bringCast, type Cast } from '../world/people.ts'
import { type ReceivingServer, startReceivingServer } from '../world/receiving-server.ts'

let desk: Desk
let cast: Cast
let server: ReceivingServer
let mailbox: number

beforeAll(async () => {
  desk = await openDesk()
  cast = await bringCast(desk.ctx)
  server = await startReceivingServer()
  mailbox = (
    await addMailbox(cast.ada, {
      address: 'support@desk.example',
      department: cast.support,
      smtp: { host: '127.0.0.1', port: server.port, security: 'none' },
    })
  ).id
})
afterAll(async () => {
  await desk?.[Symbol.asyncDispose]()
  await server?.[Symbol.asyncDispose]()
})

const queue = (to: string, subject: string, sendsAt: Date = desk.ctx.clock.now()) =>
  queueOutbound(desk.ctx, {
    mailbox,
    kind: 'notice',
    sendsAt,
    content: {
      from: { name: 'Desk', address: 'support@desk.example' },
      replyTo: null,
      to: [{ name: '', address: to }],
      cc: [{ name: '', address: 'boss@copied.example' }],
      subject,
      inReplyTo: null,
      references: [],
      text: 'Words of the mail',
      html: null,
      files: [],
      automatic: 'auto-generated',
    },
  })

const run = () => runJobsUntilQuiet(desk.ctx, desk.app.connection.pool, desk.ctx.clock.now())
const subjects = async (options: Parameters<typeof outboundLog>[1], who: Context = cast.ada) =>
  (await outboundLog(who, options)).rows.map((row) => row.subject)
const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => (isAppError(error) ? `${error.code} ${error.key}` : Promise.reject(error)),
  )

test('each try stands in the log with what the server said; sent again it is another mail with the same words', async () => {
  server.answerMail({ code: 554, text: '5.7.1 Looks like spam to us' })
  const first = await queue('kim@customer.example', 'First words')
  await run()
  expect(await showOutbound(cast.ada, first.id)).toMatchObject({
    state: 'failed',
    failure: 'rejected_as_spam',
    tries: [{ state: 'failed', failure: 'rejected_as_spam', answer: expect.stringContaining('Looks like spam to us') }],
  })
  server.answerMail(null)
  await retryOutbound(cast.ada, first.id)
  await run()
  const sent = await showOutbound(cast.ada, first.id)
  expect(sent).toMatchObject({ state: 'sent', tries: [{ state: 'sent' }, { state: 'failed' }] })
  expect(JSON.stringify(sent)).not.toContain('Words of the mail')

  const again = await resendOutbound(cast.ada, first.id)
  await run()
  const copy = await showOutbound(cast.ada, again.id)
  expect(copy).toMatchObject({ state: 'sent', subject: 'First words', resendOf: first.id })
  expect(copy.messageId).not.toBe(first.messageId)
  expect((await showOutbound(cast.ada, first.id)).resentAs).toEqual([again.id])
  const mails = server.received.map((mail) => mail.raw.toString()).filter((raw) => raw.includes('First words'))
  expect(mails.map((raw) => /^Message-ID:\s*<([^>]+)>/m.exec(raw)?.[1])).toEqual([first.messageId, copy.messageId])
})

test('it is found by recipient, copy, subject, state and day', async () => {
  await queue('pat@elsewhere.example', '100% of it')
  await run()
  expect(await subjects({ q: 'PAT@elsewhere' })).toEqual(['100% of it'])
  expect(await subjects({ q: '100%' })).toEqual(['100% of it'])
  expect(await subjects({ q: '0% o_' })).toEqual([])
  expect(await subjects({ q: 'boss@copied.example' })).toContain('100% of it')
  expect(await subjects({ q: 'pat@', state: 'failed' })).toEqual([])
  const now = desk.ctx.clock.now()
  expect(await subjects({ q: 'pat@', from: addSeconds(now, -3600), to: addSeconds(now, 60) })).toHaveLength(1)
  expect(await subjects({ q: 'pat@', to: addSeconds(now, -3600) })).toEqual([])
})

test('what waits for its time is sent by nobody from the log, and the log is for administrators', async () => {
  const { id } = await queue('kim@customer.example', 'Tomorrow', addSeconds(desk.ctx.clock.now(), 86_400))
  expect(await refusal(retryOutbound(cast.ada, id))).toBe('conflict nothingToTry')
  expect(await refusal(resendOutbound(cast.ada, id))).toBe('conflict notSentYet')
  for (const who of [cast.sam, cast.kim]) {
    expect(await refusal(showOutbound(who, id))).toMatch(/^forbidden/)
    expect(await refusal(resendOutbound(who, id))).toMatch(/^forbidden/)
    expect(await refusal(outboundLog(who))).toMatch(/^forbidden/)
  }
})
