import { chmodSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addMailbox } from '#channels/change-mailboxes.ts'
import { replyToTicket } from '#tickets/reply.ts'
import { type MailDoor, openMailDoor } from '../../src/doors/mail/open-mail-door.ts'
import { openWorker, type WorkerDoor } from '../../src/doors/worker/run.ts'
import { type Desk, openDesk } from '../world/desk.ts'
import { type Dovecot, hasDovecot, startDovecot } from '../world/dovecot.ts'
import { freePort, until } from '../world/free-port.ts'
import { hasPostfix, type Postfix, startPostfix } from '../world/postfix.ts'

const mail = (id: string, subject: string, text: string, more = ''): string => `From: Kim <kim@customer.example>
To: support@desk.example
Subject: ${subject}
Message-ID: <${id}@customer.example>
Date: ${new Date().toUTCString()}
${more}
${text}
`

const cli = resolve('build/server/cli.js')

const headerOf = (raw: Buffer, name: string): string =>
  new RegExp(`^${name}:\\s*([^\\r]*(?:\\r\\n[ \\t][^\\r]*)*)`, 'im').exec(raw.toString())?.[1]?.replace(/\r\n/g, '').trim() ?? ''

describe.skipIf(!hasDovecot || !hasPostfix)('a mail, its answer, and the answer to that', () => {
  let dovecot: Dovecot
  let postfix: Postfix
  let desk: Desk
  let door: MailDoor
  let listen: number
  let worker: WorkerDoor

  beforeAll(async () => {
    listen = await freePort()
    dovecot = await startDovecot()
    desk = await openDesk()
    // The pipe runs as another user, who must reach the socket.
    chmodSync(desk.dataDir, 0o711)
    postfix = await startPostfix({
      pipe: {
        user: 'nobody',
        argv: `/usr/bin/env DATA_DIR=${desk.dataDir} ${process.execPath} ${cli} pipe-mail --sender=\${sender} --recipient=\${original_recipient}`,
      },
      routes: {
        'customer.example': `lmtp:inet:127.0.0.1:${dovecot.lmtpPort}`,
        'desk.example': `lmtp:inet:127.0.0.1:${dovecot.lmtpPort}`,
        'pipe.example': 'deskpipe:',
        'listen.example': `smtp:[127.0.0.1]:${listen}`,
        'lmtp.example': `lmtp:inet:127.0.0.1:${listen}`,
      },
    })
    await addMailbox(desk.ada, {
      address: 'support@desk.example',
      department: desk.department,
      imap: {
        host: '127.0.0.1',
        port: dovecot.imapPort,
        security: 'none',
        user: 'support@desk.example',
        password: dovecot.password,
      },
      smtp: { host: '127.0.0.1', port: postfix.port, security: 'none' },
    })
    await addMailbox(desk.ada, { address: 'help@pipe.example', department: desk.department })
    await addMailbox(desk.ada, { address: 'help@listen.example', department: desk.department })
    await addMailbox(desk.ada, { address: 'help@lmtp.example', department: desk.department })
    worker = await openWorker(desk.ctx, { concurrency: 4, databaseUrl: desk.databaseUrl })
    door = await openMailDoor({
      ctx: desk.ctx,
      databaseUrl: desk.databaseUrl,
      dataDir: desk.dataDir,
      smtpListen: { host: '127.0.0.1', port: listen },
    })
  }, 60_000)
  afterAll(async () => {
    await door?.[Symbol.asyncDispose]()
    await worker?.[Symbol.asyncDispose]()
    await desk?.[Symbol.asyncDispose]()
    await postfix?.[Symbol.asyncDispose]()
    await dovecot?.[Symbol.asyncDispose]()
  })

  const ticketWith = (subject: string) =>
    until(
      () =>
        desk.ctx.db
          .selectFrom('ticket')
          .selectAll()
          .where('subject', '=', subject)
          .executeTakeFirst()
          .then((row) => row ?? null),
      async () =>
        `a ticket "${subject}"; the mail log says ${JSON.stringify(await desk.ctx.db.selectFrom('inbound_message').select(['state', 'reason', 'summary']).execute())}`,
    )
  const entriesOf = (thread: number) =>
    desk.ctx.db
      .selectFrom('thread_entry')
      .select(['id', 'kind', 'body_text', 'visible_text', 'verdict', 'is_flagged'])
      .where('thread_id', '=', thread)
      .orderBy('id')
      .execute()
  const toKim = (subject: RegExp) =>
    until(
      async () => (await dovecot.list('kim@customer.example')).find((one) => subject.test(headerOf(one.raw, 'subject'))),
      async () =>
        `a mail ${subject} to Kim; ${JSON.stringify(await desk.ctx.db.selectFrom('outbound_message').select(['kind', 'state', 'failure', 'last_error', 'recipient']).execute())}`,
    )

  test('all of it stays on one ticket, by real servers', async () => {
    await dovecot.append('support@desk.example', mail('first', 'Grinder in shop 14', 'It smells burnt.'))
    const ticket = await ticketWith('Grinder in shop 14')
    expect(ticket.channel).toBe('email')

    const acknowledged = await toKim(/received/i)
    expect(headerOf(acknowledged.raw, 'auto-submitted')).toMatch(/^auto-replied/)
    expect(headerOf(acknowledged.raw, 'in-reply-to')).toBe('<first@customer.example>')

    await replyToTicket(desk.ada, { id: ticket.id }, { body: '<p>Please switch it <b>off</b>.</p>' }, { undoSeconds: 0 })
    const answer = await until(
      async () => (await dovecot.list('kim@customer.example')).find((one) => one.raw.toString().includes('Please switch it')),
      'the reply arrives',
    )
    expect(headerOf(answer.raw, 'from')).toMatch(/^Ada Admin at .* <support@desk.example>$/)
    expect(headerOf(answer.raw, 'subject')).toContain(`[#${ticket.number}]`)
    expect(headerOf(answer.raw, 'references')).toContain('<first@customer.example>')
    expect(headerOf(answer.raw, 'auto-submitted')).toBe('')
    await until(
      async () =>
        (await desk.ctx.db.selectFrom('outbound_message').select('state').where('kind', '=', 'reply').executeTakeFirst())
          ?.state === 'sent',
      'the reply is marked sent',
    )
    expect(
      (
        await desk.ctx.db
          .selectFrom('event')
          .select('verb')
          .where('subject_id', '=', ticket.id)
          .where('verb', '=', 'message.sent')
          .execute()
      ).length,
    ).toBe(1)

    // The customer's program answers: other subject, only the ids tell.
    const id = headerOf(answer.raw, 'message-id')
    const to = headerOf(answer.raw, 'reply-to') || headerOf(answer.raw, 'from')
    const answered = `From: Kim <kim@customer.example>\r\nTo: ${to}\r\nSubject: AW: Kaffee\r\nMessage-ID: <second@customer.example>\r\nIn-Reply-To: ${id}\r\nReferences: ${id}\r\n\r\nI did.\r\n\r\nOn Mon, 2 Mar 2026 at 10:00, Ada Admin <support@desk.example> wrote:\r\n> Please switch it off.\r\n`
    await createTransport({ host: '127.0.0.1', port: postfix.port, ignoreTLS: true }).sendMail({
      envelope: { from: 'kim@customer.example', to: [/<([^>]+)>/.exec(to)?.[1] ?? to] },
      raw: answered,
    })
    const entries = await until(async () => {
      const all = await entriesOf(ticket.thread_id)
      return all.length >= 3 ? all : null
    }, 'the answer is an entry')
    expect(entries.map((entry) => entry.kind)).toEqual(['message', 'response', 'message'])
    expect(entries[2]).toMatchObject({ is_flagged: false })
    expect(entries[2]!.visible_text?.trim()).toBe('I did.')
    expect(entries[2]!.body_text).toContain('> Please switch it off.')
  })

  test.each(['listen', 'lmtp'])('Postfix hands mail to the listener by %s', async (way) => {
    await createTransport({ host: '127.0.0.1', port: postfix.port, ignoreTLS: true }).sendMail({
      envelope: { from: 'kim@customer.example', to: [`help@${way}.example`] },
      raw: mail(`by-${way}`, `By ${way}`, 'Hello'),
    })
    const ticket = await ticketWith(`By ${way}`)
    expect(ticket.mailbox_id).not.toBeNull()
  })

  test.skipIf(!existsSync(cli))('Postfix hands mail to the pipe, and keeps it while the pipe can store it nowhere', async () => {
    const send = (id: string, subject: string) =>
      createTransport({ host: '127.0.0.1', port: postfix.port, ignoreTLS: true }).sendMail({
        envelope: { from: 'kim@customer.example', to: ['help+shop14@pipe.example'] },
        raw: mail(id, subject, 'Hello'),
      })
    await send('by-pipe', 'By pipe')
    await ticketWith('By pipe')
    const row = await desk.ctx.db
      .selectFrom('inbound_message')
      .select('envelope')
      .where('message_id', '=', 'by-pipe@customer.example')
      .executeTakeFirstOrThrow()
    expect(row.envelope).toEqual({ from: 'kim@customer.example', to: ['help+shop14@pipe.example'] })
    await door[Symbol.asyncDispose]()
    await send('pipe-later', 'By pipe, later')
    await until(
      async () => /status=deferred/.test(await postfix.log()),
      async () => `Postfix defers: ${await postfix.log()}`,
    )
    door = await openMailDoor({
      ctx: desk.ctx,
      databaseUrl: desk.databaseUrl,
      dataDir: desk.dataDir,
      smtpListen: { host: '127.0.0.1', port: listen },
    })
    await postfix.flush()
    await ticketWith('By pipe, later')
  })

  const hostile = '../shared/corpus/dev/own-hostile'
  test.skipIf(!existsSync(hostile))(
    'hostile mails never block the next one',
    async () => {
      const files = readdirSync(hostile, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.eml'))
      const before = await desk.ctx.db
        .selectFrom('inbound_message')
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .executeTakeFirstOrThrow()
      await dovecot.append(
        'support@desk.example',
        ...files.map((name) => readFileSync(`${hostile}/${name}`)),
        mail('after-hostile', 'After the hostile ones', 'Hello'),
      )
      await ticketWith('After the hostile ones')
      const rows = await until(
        async () => {
          const all = await desk.ctx.db.selectFrom('inbound_message').select(['state', 'reason', 'id']).orderBy('id').execute()
          return all.length === before.n + files.length + 1 && all.every((row) => row.state !== 'received') ? all : null
        },
        async () =>
          `all hostile mails are settled; ${JSON.stringify(await desk.ctx.db.selectFrom('inbound_message').select(['id', 'state', 'reason']).where('state', '=', 'received').execute())}`,
        60_000,
      )
      expect(rows.filter((row) => row.reason === null)).toEqual([])
      expect(rows.filter((row) => (row.reason as { key: string }).key === 'could_not_post')).toEqual([])
    },
    90_000,
  )
})
