import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ImapFlow } from 'imapflow'
import { freePort, untilOpen } from './free-port.ts'
import { runCommand } from './run-command.ts'

const BIN = '/usr/sbin/dovecot'

/** Tests of real mail need the server installed and root to start it: `npm test` installs it, else they are skipped. */
export const hasDovecot = existsSync(BIN) && existsSync('/usr/bin/openssl') && process.getuid?.() === 0

export interface Dovecot extends AsyncDisposable {
  readonly imapPort: number
  readonly lmtpPort: number
  /** TLS from the first byte; STARTTLS is offered on `imapPort`. */
  readonly imapsPort: number
  /** Its self-signed certificate, for localhost. */
  readonly certificate: string
  /** Of every user; any other is refused. Users are made by use. */
  readonly password: string
  append(user: string, ...mails: (string | Buffer)[]): Promise<void>
  /** As `append`, with the time at which the server says it took the mail. */
  appendAt(user: string, at: Date, mail: string | Buffer): Promise<void>
  /** Into another folder, which is made when it is not there; `Werbung` is marked as the one for junk. */
  appendTo(user: string, folder: string, ...mails: (string | Buffer)[]): Promise<void>
  /** All mails of a user's folder, of the inbox by default, by UID. */
  list(user: string, folder?: string): Promise<{ uid: number; seen: boolean; raw: Buffer }[]>
  /** Makes the server unable to hand out the mails whose octets contain `text`, as a damaged disk would. */
  damage(user: string, text: string): Promise<void>
  /** Forgets the folder's numbering, as a restored or moved mailbox does: another UIDVALIDITY, every UID new. */
  renumber(user: string): Promise<void>
  /** Gives the inbox of a user this UIDVALIDITY; its mails keep their UIDs. */
  numberAs(user: string, uidValidity: number): Promise<void>
  /** Ends every connection and starts again, as after an update. */
  restart(): Promise<void>
}

/** A Dovecot of its own: IMAP and LMTP on free ports, mail in a throw-away folder. */
export async function startDovecot(
  options: {
    /** Also takes access tokens (XOAUTH2, OAUTHBEARER) that this address calls good; the account is their `sub` (RFC 7662). */
    introspectionUrl?: string
  } = {},
): Promise<Dovecot> {
  const folder = await mkdtemp(join(tmpdir(), 'tessera-dovecot-'))
  await chmod(folder, 0o755)
  const [imapPort, lmtpPort, imapsPort] = [await freePort(), await freePort(), await freePort()]
  const password = 'the-password'
  await mkdir(join(folder, 'mail'))
  const mail = (await readFile('/etc/passwd', 'utf8'))
    .split('\n')
    .find((line) => line.startsWith('mail:'))!
    .split(':')
  await chown(join(folder, 'mail'), Number(mail[2]), Number(mail[3]))
  await runCommand('/usr/bin/openssl', [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=localhost',
    '-addext',
    'subjectAltName=DNS:localhost',
    '-keyout',
    join(folder, 'key.pem'),
    '-out',
    join(folder, 'cert.pem'),
  ])
  const config = join(folder, 'dovecot.conf')
  if (options.introspectionUrl) {
    await writeFile(
      join(folder, 'oauth2.conf'),
      `introspection_url = ${options.introspectionUrl}
introspection_mode = post
username_attribute = sub
active_attribute = active
active_value = true
`,
    )
  }
  await writeFile(
    config,
    `base_dir = ${folder}/run
state_dir = ${folder}/run
protocols = imap lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <${folder}/cert.pem
ssl_key = <${folder}/key.pem
disable_plaintext_auth = no
log_path = ${folder}/dovecot.log
default_internal_user = nobody
default_login_user = nobody
default_internal_group = nogroup
default_process_limit = 100
first_valid_uid = 1
mail_location = maildir:${folder}/mail/%u
mail_max_userip_connections = 100
auth_failure_delay = 0
recipient_delimiter = +
lmtp_save_to_detail_mailbox = no
${
  options.introspectionUrl
    ? `auth_mechanisms = plain xoauth2 oauthbearer
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = ${folder}/oauth2.conf
}`
    : ''
}
passdb {
  driver = static
  args = password=${password}
}
userdb {
  driver = static
  args = uid=mail gid=mail home=${folder}/mail/%u allow_all_users=yes
}
namespace inbox {
  inbox = yes
  separator = /
  mailbox Werbung {
    special_use = \\Junk
  }
}
protocol lmtp {
  mail_plugins =
}
service imap-login {
  chroot =
  inet_listener imap {
    port = ${imapPort}
  }
  inet_listener imaps {
    port = ${imapsPort}
    ssl = yes
  }
}
service anvil {
  chroot =
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${lmtpPort}
  }
}
`,
  )
  const start = async (): Promise<void> => {
    // In the foreground and told when the tests die, so that an interrupted run leaves nothing behind.
    spawn('setpriv', ['--pdeathsig', 'TERM', BIN, '-F', '-c', config], { stdio: 'ignore' }).on('error', () => {})
    await untilOpen(imapPort)
    await untilOpen(lmtpPort)
  }
  const stop = async (): Promise<void> => {
    const pid = Number(await readFile(join(folder, 'run', 'master.pid'), 'utf8').catch(() => '0'))
    if (!pid) return
    process.kill(pid, 'SIGTERM')
    for (let tries = 0; existsSync(`/proc/${pid}`) && tries < 100; tries++)
      await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const withClient = async <T>(user: string, use: (client: ImapFlow) => Promise<T>): Promise<T> => {
    const client = new ImapFlow({
      host: '127.0.0.1',
      port: imapPort,
      secure: false,
      doSTARTTLS: false,
      auth: { user, pass: password },
      logger: false,
      disableAutoIdle: true,
    })
    client.on('error', () => {})
    await client.connect()
    try {
      return await use(client)
    } finally {
      await client.logout().catch(() => client.close())
    }
  }
  await start()
  return {
    imapPort,
    lmtpPort,
    imapsPort,
    certificate: await readFile(join(folder, 'cert.pem'), 'utf8'),
    password,
    append: (user, ...mails) =>
      withClient(user, async (client) => {
        for (const one of mails) await client.append('INBOX', crlf(one))
      }),
    appendAt: (user, at, one) => withClient(user, async (client) => void (await client.append('INBOX', crlf(one), [], at))),
    appendTo: (user, folder, ...mails) =>
      withClient(user, async (client) => {
        await client.mailboxCreate(folder)
        for (const one of mails) await client.append(folder, crlf(one))
      }),
    list: (user, folder = 'INBOX') =>
      withClient(user, async (client) => {
        await client.mailboxOpen(folder, { readOnly: true })
        const found: { uid: number; seen: boolean; raw: Buffer }[] = []
        for await (const message of client.fetch('1:*', { uid: true, flags: true, source: true })) {
          found.push({ uid: message.uid, seen: message.flags?.has('\\Seen') ?? false, raw: message.source ?? Buffer.alloc(0) })
        }
        return found
      }),
    async damage(user, text) {
      for (const kind of ['new', 'cur']) {
        const inbox = join(folder, 'mail', user, kind)
        for (const name of await readdir(inbox).catch(() => [] as string[])) {
          if (!(await readFile(join(inbox, name), 'utf8')).includes(text)) continue
          await chown(join(inbox, name), 0, 0)
          await chmod(join(inbox, name), 0)
        }
      }
    },
    async renumber(user) {
      await stop()
      for (const name of await readdir(join(folder, 'mail', user)))
        if (/^dovecot[.-]/.test(name)) await rm(join(folder, 'mail', user, name), { recursive: true })
      await start()
    },
    async numberAs(user, uidValidity) {
      await stop()
      const inbox = join(folder, 'mail', user)
      const list = await readFile(join(inbox, 'dovecot-uidlist'), 'utf8')
      // Written in place: the file stays its owner's.
      await writeFile(join(inbox, 'dovecot-uidlist'), list.replace(/^(\d+ V)\d+/, `$1${uidValidity}`))
      for (const name of await readdir(inbox)) if (name.startsWith('dovecot.index')) await rm(join(inbox, name))
      await start()
    },
    async restart() {
      await stop()
      await start()
    },
    async [Symbol.asyncDispose]() {
      await stop()
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

const crlf = (mail: string | Buffer): Buffer => (typeof mail === 'string' ? Buffer.from(mail.replace(/\r?\n/g, '\r\n')) : mail)
