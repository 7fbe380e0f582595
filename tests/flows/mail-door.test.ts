import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { sql } from 'kysely'
import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addMailbox } from '#channels/change-mailboxes.ts'
import { mailboxRows } from '#channels/mailbox-store.ts'
import { spoolMail } from '#channels/spool.ts'
import { wakeMessages } from '#channels/wake-messages.ts'
import { systemClock } from '#core/clock.ts'
import type { Context } from '#core/context.ts'
import { blobs } from '#files/blob-store.ts'
import { run as pipeMail } from '../../src/doors/cli/pipe-mail.ts'
import { type MailDoor, openMailDoor } from '../../src/doors/mail/open-mail-door.ts'
import { openTestContext } from '../world/context.ts'
import { type Dovecot, hasDovecot, startDovecot } from '../world/dovecot.ts'
import { freePort, until } from '../world/free-port.ts'

const mail = (id: string, to = 'support@desk.example'): string => `From: Kim <kim@customer.example>\r
To: ${to}\r
Subject: Grinder ${id}\r
Message-ID: <${id}@customer.example>\r
\r
Hello\r
.leading dot\r
`

let ctx: Context & { databaseUrl: string }
let department: number
let dataDir: string
let door: MailDoor

beforeAll(async () => {
  ctx = { ...(await openTestContext()), clock: systemClock }
  dataDir = mkdtempSync(join(tmpdir(), 'tessera-door-'))
  department = (
    await ctx.db
      .insertInto('department')
      .values({ name: 'Support', created_at: ctx.clock.now() })
      .returning('id')
      .executeTakeFirstOrThrow()
  ).id
  await addMailbox(ctx, { address: 'support@desk.example', department })
  await addMailbox(ctx, { address: 'billing@desk.example', department })
  door = await openMailDoor({ ctx, databaseUrl: ctx.databaseUrl, dataDir, smtpListen: { host: '127.0.0.1', port: 0 } })
})
afterAll(async () => {
  await door?.[Symbol.asyncDispose]()
  if (dataDir) rmSync(dataDir, { recursive: true, force: true })
})

const received = (subject: string) =>
  until(async () => {
    for (const row of await ctx.db.selectFrom('inbound_message').selectAll().execute()) {
      if ((await ctx.slots.use(blobs).read(row.blob)).toString().includes(`Subject: Grinder ${subject}\r\n`)) return row
    }
    return null
  }, `mail ${subject} is received`)

const jobsOf = async (message: number) =>
  (
    await sql<{
      locked_at: Date | null
      attempts: number
    }>`select locked_at, attempts from graphile_worker.jobs where key = ${`receive:${message}`}`.execute(ctx.db)
  ).rows

const count = async (): Promise<number> =>
  Number(
    (
      await ctx.db
        .selectFrom('inbound_message')
        .select((eb) => eb.fn.countAll().as('n'))
        .executeTakeFirstOrThrow()
    ).n,
  )

/** Speaks line by line and returns every answer. */
async function talk(lines: string[]): Promise<string[]> {
  const socket = net.connect(door.listener!.port, '127.0.0.1')
  let said = ''
  for await (const part of socket) {
    // Clients wait for the greeting; who talks before it is taken for a robot.
    if (said === '') socket.write(lines.map((line) => `${line}\r\n`).join(''))
    said += part
  }
  return said.split('\r\n').filter((line) => /^\d{3} /.test(line))
}

describe('the listener', () => {
  const smtp = () => createTransport({ host: '127.0.0.1', port: door.listener!.port, ignoreTLS: true })

  test('SMTP: stored before 250, with envelope and exact bytes, once however often it is handed over', async () => {
    const envelope = { from: 'kim@customer.example', to: ['support+sales@desk.example', 'billing@desk.example'] }
    await smtp().sendMail({ envelope, raw: mail('smtp-1') })
    const row = await received('smtp-1')
    expect(row.envelope).toMatchObject({ from: 'kim@customer.example', to: envelope.to })
    expect((await ctx.slots.use(blobs).read(row.blob)).toString()).toBe(mail('smtp-1'))
    const before = await count()
    await smtp().sendMail({ envelope, raw: mail('smtp-1') })
    expect(await count()).toBe(before)
    const job = await jobsOf(row.id)
    expect(job).toHaveLength(1)
  })

  test('strangers’ addresses are refused and nothing is relayed', async () => {
    await expect(
      smtp().sendMail({ envelope: { from: 'a@b.example', to: ['someone@elsewhere.example'] }, raw: mail('no') }),
    ).rejects.toThrow(/550/)
  })

  test('LMTP: a client that greets with LHLO gets one answer a recipient', async () => {
    const answers = await talk([
      'LHLO mx.example',
      'MAIL FROM:<>',
      'RCPT TO:<support@desk.example>',
      'RCPT TO:<nobody@desk.example>',
      'RCPT TO:<billing@desk.example>',
      'DATA',
      mail('lmtp-1').trimEnd().replaceAll('\r\n.', '\r\n..'),
      '.',
      'QUIT',
    ])
    expect(answers.map((answer) => answer.slice(0, 3))).toEqual([
      '220',
      '250',
      '250',
      '250',
      '550',
      '250',
      '354',
      '250',
      '250',
      '221',
    ])
    expect((await received('lmtp-1')).envelope).toMatchObject({ from: '', to: ['support@desk.example', 'billing@desk.example'] })
  })

  test('a mail over the limit is refused, announced or not', async () => {
    const small = { ...ctx, site: { ...ctx.site, limits: { ...ctx.site.limits, mailBytes: 5_000 } } }
    const { openSmtpListener } = await import('../../src/doors/mail/smtp-listener.ts')
    await using listener = await openSmtpListener(small, { host: '127.0.0.1', port: 0 })
    const before = await count()
    const transport = createTransport({ host: '127.0.0.1', port: listener.port, ignoreTLS: true })
    const raw = `${mail('large')}${'x'.repeat(70)}\r\n`.padEnd(20_000, 'y')
    await expect(transport.sendMail({ envelope: { from: 'a@b.example', to: ['support@desk.example'] }, raw })).rejects.toThrow(
      /552/,
    )
    expect(await count()).toBe(before)
  })

  test('while the database is away senders are told to come again', async () => {
    const broken = {
      ...ctx,
      slots: {
        use: () => ({ put: () => Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' })) }),
      } as unknown as Context['slots'],
    }
    const { openSmtpListener } = await import('../../src/doors/mail/smtp-listener.ts')
    await using listener = await openSmtpListener(broken, { host: '127.0.0.1', port: 0 })
    const transport = createTransport({ host: '127.0.0.1', port: listener.port, ignoreTLS: true })
    await expect(
      transport.sendMail({ envelope: { from: 'a@b.example', to: ['support@desk.example'] }, raw: mail('full') }),
    ).rejects.toThrow(/452/)
  })
})

describe('the pipe', () => {
  const pipe = async (folder: string, raw: string, ...args: string[]): Promise<{ code: number; said: string }> => {
    const before = process.env.DATA_DIR
    process.env.DATA_DIR = folder
    let said = ''
    const out = { write: (text: string) => (said += text) }
    try {
      return {
        code: await pipeMail(args, { stdin: Readable.from(raw ? [Buffer.from(raw)] : []), stdout: out, stderr: out }),
        said,
      }
    } finally {
      if (before === undefined) delete process.env.DATA_DIR
      else process.env.DATA_DIR = before
    }
  }

  test('hands mail to the running desk', async () => {
    expect(await pipe(dataDir, mail('pipe-1'), '--sender=kim@customer.example', '--recipient', 'billing@desk.example')).toEqual({
      code: 0,
      said: '',
    })
    const row = await received('pipe-1')
    expect(row.envelope).toMatchObject({ from: 'kim@customer.example', to: ['billing@desk.example'] })
    expect(row.mailbox_id).toBe((await mailboxRows(ctx)).find((one) => one.address === 'billing@desk.example')!.id)
  })

  test('keeps mail while no desk runs; the next one takes it and empties the spool', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tessera-spool-'))
    expect((await pipe(folder, mail('pipe-2'), '--recipient=support@desk.example')).code).toBe(0)
    expect(readdirSync(join(folder, 'spool'))).toHaveLength(1)
    await spoolMail(folder, { from: null, to: [], raw: Buffer.from(mail('pipe-3')) })
    const other = await openMailDoor({ ctx, databaseUrl: ctx.databaseUrl, dataDir: folder, smtpListen: null })
    await received('pipe-2')
    await received('pipe-3')
    await until(async () => readdirSync(join(folder, 'spool')).length === 0, 'the spool is empty')
    await other[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  test('answers with the codes of sysexits.h', async () => {
    expect((await pipe(dataDir, '')).code).toBe(65)
    expect((await pipe(dataDir, mail('x'), '--what')).code).toBe(75)
    expect((await pipe(join(dataDir, 'not-there'), mail('x'))).code).toBe(75)
  })
})

test('a job that is gone is given again, one that is there keeps its count, and one that failed for good suspends its mail', async () => {
  const row = await received('smtp-1')
  const key = `receive:${row.id}`
  await sql`update graphile_worker._private_jobs set locked_at = ${new Date()}, locked_by = 'dead', attempts = 1 where key = ${key}`.execute(
    ctx.db,
  )
  expect((await wakeMessages(ctx, { starting: true })).inbound).toBe(0)
  await sql`select graphile_worker.force_unlock_workers(array['dead'])`.execute(ctx.db)
  expect((await wakeMessages(ctx, { starting: true })).inbound).toBe(0)
  expect(await jobsOf(row.id)).toEqual([expect.objectContaining({ locked_at: null, attempts: 1 })])
  await sql`delete from graphile_worker._private_jobs where key = ${key}`.execute(ctx.db)
  expect((await wakeMessages(ctx, { starting: true })).inbound).toBe(1)
  expect(await jobsOf(row.id)).toEqual([expect.objectContaining({ locked_at: null, attempts: 0 })])
  await sql`update graphile_worker._private_jobs set attempts = max_attempts where key = ${key}`.execute(ctx.db)
  expect((await wakeMessages(ctx, { starting: true })).parked).toBe(1)
  expect(await received('smtp-1')).toMatchObject({ state: 'parked', reason: { key: 'handlingFailed' } })
})

describe.skipIf(!hasDovecot)('mailboxes side by side', () => {
  let dovecot: Dovecot
  beforeAll(async () => {
    dovecot = await startDovecot()
  })
  afterAll(async () => {
    await dovecot?.[Symbol.asyncDispose]()
  })

  test('a broken one shows its trouble and holds no other; a restart of the server is survived; two nodes take each mail once', async () => {
    const imap = (user: string, password: string) => ({
      host: '127.0.0.1',
      port: dovecot.imapPort,
      security: 'none' as const,
      user,
      password,
    })
    const good = await addMailbox(ctx, {
      address: 'good@desk.example',
      department,
      imap: imap('good@desk.example', dovecot.password),
    })
    const bad = await addMailbox(ctx, { address: 'bad@desk.example', department, imap: imap('bad@desk.example', 'wrong') })
    const dead = await addMailbox(ctx, {
      address: 'dead@desk.example',
      department,
      imap: { ...imap('dead@desk.example', 'x'), port: await freePort() },
    })
    const folders = [mkdtempSync(join(tmpdir(), 'tessera-a-')), mkdtempSync(join(tmpdir(), 'tessera-b-'))]
    const nodes = await Promise.all(
      folders.map((folder) => openMailDoor({ ctx, databaseUrl: ctx.databaseUrl, dataDir: folder, smtpListen: null })),
    )
    try {
      await dovecot.append('good@desk.example', mail('imap-1', 'good@desk.example'))
      await received('imap-1')
      const troubles = await until(async () => {
        const all = await mailboxRows(ctx)
        const of = (id: number) => all.find((one) => one.id === id)!.trouble?.key
        return of(bad.id) && of(dead.id) ? [of(good.id), of(bad.id), of(dead.id)] : null
      }, 'trouble is shown')
      expect(troubles).toEqual([undefined, 'signIn', 'refused'])
      await dovecot.restart()
      await dovecot.append('good@desk.example', mail('imap-2', 'good@desk.example'))
      await received('imap-2')
      await until(
        async () => (await mailboxRows(ctx)).find((one) => one.id === good.id)!.trouble === null,
        'the good one is well again',
      )
      const rowsOf = await ctx.db.selectFrom('inbound_message').select('id').where('mailbox_id', '=', good.id).execute()
      expect(rowsOf).toHaveLength(2)
      expect((await dovecot.list('good@desk.example')).every((one) => one.seen)).toBe(true)
    } finally {
      await Promise.all(nodes.map((node) => node[Symbol.asyncDispose]()))
      for (const folder of folders) rmSync(folder, { recursive: true, force: true })
    }
  })
})
