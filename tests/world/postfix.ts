import { existsSync } from 'node:fs'
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, untilOpen } from './free-port.ts'
import { runCommand } from './run-command.ts'

export const hasPostfix = existsSync('/usr/sbin/postfix') && process.getuid?.() === 0

export interface Postfix extends AsyncDisposable {
  readonly port: number
  /** Its log so far. */
  log(): Promise<string>
  /** Tries deferred mail again now. */
  flush(): Promise<void>
}

export interface PostfixOptions {
  /** Where mail for these domains goes: `lmtp:inet:127.0.0.1:3024`, `smtp:[127.0.0.1]:2525` or `deskpipe:`. */
  routes: Record<string, string>
  /** Command of the `deskpipe` transport, with Postfix's ${sender} and ${original_recipient}. */
  pipe?: { argv: string; user: string }
}

/** A Postfix of its own on a free port with queue and settings in a throw-away folder; it sends nothing beyond its routes. */
export async function startPostfix(options: PostfixOptions): Promise<Postfix> {
  const folder = await mkdtemp(join(tmpdir(), 'tessera-postfix-'))
  await chmod(folder, 0o755)
  const port = await freePort()
  const user = (await readFile('/etc/passwd', 'utf8'))
    .split('\n')
    .find((line) => line.startsWith('postfix:'))!
    .split(':')
  for (const name of ['etc', 'queue', 'data']) await mkdir(join(folder, name))
  await chown(join(folder, 'data'), Number(user[2]), Number(user[3]))
  const etc = join(folder, 'etc')
  await writeFile(
    join(etc, 'main.cf'),
    `compatibility_level = 3.6
queue_directory = ${folder}/queue
data_directory = ${folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
myhostname = mx.example.test
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
relay_domains = ${Object.keys(options.routes).join(', ')}
relay_recipient_maps =
transport_maps = texthash:${etc}/transport
deskpipe_destination_recipient_limit = 1
recipient_delimiter = +
smtputf8_enable = yes
message_size_limit = 60000000
maillog_file = ${folder}/mail.log
maillog_file_prefixes = ${folder}
alias_maps =
alias_database =
local_recipient_maps =
default_transport = error:only the routes of the test
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
minimal_backoff_time = 2s
maximal_backoff_time = 4s
queue_run_delay = 2s
`,
  )
  await writeFile(
    join(etc, 'transport'),
    Object.entries(options.routes)
      .map(([domain, route]) => `${domain} ${route}\n`)
      .join(''),
  )
  await writeFile(
    join(etc, 'master.cf'),
    `127.0.0.1:${port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
lmtp unix - - n - - lmtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
deskpipe unix - n n - - pipe
  flags=DR user=${options.pipe?.user ?? 'nobody'} argv=${options.pipe?.argv ?? '/bin/false'}
`,
  )
  await runCommand('/usr/sbin/postfix', ['-c', etc, 'start'])
  await untilOpen(port)
  return {
    port,
    log: () => readFile(join(folder, 'mail.log'), 'utf8').catch(() => ''),
    flush: async () => void (await runCommand('/usr/sbin/postqueue', ['-c', etc, '-f']).catch(() => {})),
    async [Symbol.asyncDispose]() {
      await runCommand('/usr/sbin/postfix', ['-c', etc, 'stop']).catch(() => {})
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
