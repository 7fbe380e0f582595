import type { AddressInfo } from 'node:net'
import { createTransport } from 'nodemailer'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addMailbox } from '#channels/change-mailboxes.ts'
import { listFuses } from '#channels/fuses.ts'
import { changeSettings } from '#settings/change-settings.ts'
import { type MailDoor, openMailDoor } from '../../src/doors/mail/open-mail-door.ts'
import { runJobsUntilQuiet } from '../../src/doors/worker/run.ts'
import { type Desk, openDesk } from '../world/desk.ts'
import { freePort, until } from '../world/free-port.ts'

/** Machines that answer each other, over real sockets: every mail leaves by SMTP and comes in by the listener. */

interface Peer extends AsyncDisposable {
  desk: Desk
  port: number
}

async function openPeer(domain: string, port: number, peerPort: number): Promise<Peer> {
  const desk = await openDesk({ SMTP_URL: `smtp://127.0.0.1:${peerPort}?security=none` })
  await addMailbox(desk.ada, { address: `support@${domain}`, department: desk.department })
  const door: MailDoor = await openMailDoor({
    ctx: desk.ctx,
    databaseUrl: desk.databaseUrl,
    dataDir: desk.dataDir,
    smtpListen: { host: '127.0.0.1', port },
  })
  return {
    desk,
    port,
    async [Symbol.asyncDispose]() {
      await door[Symbol.asyncDispose]()
      await desk[Symbol.asyncDispose]()
    },
  }
}

const send = (port: number, from: string, to: string, subject: string) =>
  createTransport({ host: '127.0.0.1', port, secure: false, ignoreTLS: true }).sendMail({ from, to, subject, text: 'Hello' })

const inbound = async (desk: Desk): Promise<number> =>
  Number(
    (
      await desk.ctx.db
        .selectFrom('inbound_message')
        .select((eb) => eb.fn.countAll().as('n'))
        .executeTakeFirstOrThrow()
    ).n,
  )
/** Mail to the other side; what goes to our own administrators is not part of it. */
const answers = (desk: Desk) =>
  desk.ctx.db.selectFrom('outbound_message').select(['state', 'recipient']).where('kind', '=', 'autoresponse').execute()
/** The process that took a mail posts it by itself; its job is only for when that one dies. */
const isPosted = async (desk: Desk): Promise<boolean> =>
  (await desk.ctx.db.selectFrom('inbound_message').select('id').where('state', '=', 'received').execute()).length === 0
const run = async (desk: Desk): Promise<number> => {
  await until(() => isPosted(desk), 'what came in is posted')
  return runJobsUntilQuiet(desk.ctx, desk.app.connection.pool, desk.ctx.clock.now())
}

let a: Peer
let b: Peer

beforeAll(async () => {
  const [portA, portB] = [await freePort(), await freePort()]
  a = await openPeer('a.example', portA, portB)
  b = await openPeer('b.example', portB, portA)
}, 60_000)
afterAll(async () => {
  await a?.[Symbol.asyncDispose]()
  await b?.[Symbol.asyncDispose]()
})

test('two desks that confirm everything fall silent after one confirmation', async () => {
  await send(a.port, 'support@b.example', 'support@a.example', 'Hello from b')
  for (let round = 0; round < 6; round++) for (const { desk } of [a, b]) await run(desk)
  expect(await answers(a.desk)).toEqual([{ state: 'sent', recipient: 'support@b.example' }])
  expect(await answers(b.desk)).toEqual([])
  expect(await inbound(a.desk)).toBe(1)
  expect(await inbound(b.desk)).toBe(1)
})

test('a machine without manners, which answers each mail as if a person had written, is stopped', async () => {
  const port = await freePort()
  let rude = 0
  const answer = async (): Promise<void> => {
    rude += 1
    await send(port, 'robot@rude.example', 'support@c.example', `${'Re: '.repeat(rude % 5)}About the delivery on Friday`)
  }
  const machine = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, session, done) {
      stream.resume()
      stream.on('end', () => {
        const isForIt = session.envelope.rcptTo.some((to) => to.address === 'robot@rude.example')
        // Answered five times over.
        ;(isForIt ? Promise.all(Array.from({ length: 5 }, answer)) : Promise.resolve()).then(() => done(), done)
      })
    },
  })
  await new Promise<void>((resolve) => {
    machine.listen(0, '127.0.0.1', resolve)
  })
  try {
    await using c = await openPeer('c.example', port, (machine.server.address() as AddressInfo).port)
    const { desk } = c
    await changeSettings(desk.ada, { 'loops.perSubjectPerHour': 4 })
    await answer()
    for (let round = 0; round < 6; round++) await run(desk)
    expect(await answers(desk)).toEqual([{ state: 'sent', recipient: 'robot@rude.example' }])
    expect(await listFuses(desk.ada)).toEqual([expect.objectContaining({ kind: 'subject', count: 6 })])
    const reasons = (await desk.ctx.db.selectFrom('inbound_message').select(['state', 'reason']).execute()).map(
      (one) => `${one.state} ${(one.reason as { key: string }).key}`,
    )
    expect(reasons.filter((one) => one === 'posted no_thread')).toHaveLength(4)
    expect(reasons.filter((one) => one === 'parked loop_stopped')).toHaveLength(2)
  } finally {
    await new Promise<void>((resolve) => machine.close(resolve))
  }
})
