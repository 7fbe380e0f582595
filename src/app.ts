import { mkdirSync } from 'node:fs'
import { channels } from '#channels/channel.ts'
import { openParsePool } from '#channels/email/parse-pool.ts'
import { openEmailChannel } from '#channels/email/smtp-send.ts'
import { type MailResolver, mailDns, noMailDns, openMailDns } from '#channels/mail-dns.ts'
import { mailParser } from '#channels/mail-parser.ts'
import { systemActor } from '#core/actor.ts'
import { Cache } from '#core/cache.ts'
import { systemClock } from '#core/clock.ts'
import type { Context } from '#core/context.ts'
import { armCrash } from '#core/crash.ts'
import { egress, noEgress, openEgress } from '#core/egress.ts'
import { reactionPlan } from '#core/events.ts'
import type { LiveBus } from '#core/live.ts'
import { openLiveBus } from '#core/live-bus.ts'
import type { Logger } from '#core/log.ts'
import { systemRandom } from '#core/random.ts'
import { openKeyring } from '#core/signing.ts'
import { Slots } from '#core/slots.ts'
import { type Connection, openConnection } from '#db/connection.ts'
import { migrate } from '#db/migrate.ts'
import { type DemoDesk, demoDesk } from '#demo/demo-desk.ts'
import { blobs, openDiskBlobStore } from '#files/blob-store.ts'
import { fillSlots } from '#plugins/builtin.ts'
import { installDefaults } from '#setup/install-defaults.ts'
import { type Config, readSecret } from './config.ts'
import { plan } from './doors/worker/reactions.ts'

/** Everything a door needs. Closed in reverse order of opening. */
export interface App extends AsyncDisposable {
  readonly config: Config
  readonly databaseUrl: string
  readonly connection: Connection
  readonly log: Logger
  /** A context acting as the system; doors put the request's actor in. */
  readonly ctx: Context
  readonly live: LiveBus
}

export interface OpenAppOptions {
  config: Config
  /** Where the database is: DATABASE_URL, or the embedded server that the caller has started. */
  databaseUrl: string
  log: Logger
  /** Bring the schema up to date first. */
  migrate?: boolean
  onMigration?: (name: string, index: number, total: number) => void
  /** The built parse-worker.js; without it mails are parsed on the calling thread. */
  parseWorker?: string
  /** Who answers questions about senders' domains; the system's name servers when left out. */
  mailResolver?: MailResolver
  /** It runs as a demonstration: whatever would leave the machine is kept here. */
  demo?: DemoDesk
  /** Connections for requests and jobs. */
  maxConnections?: number
}

/** The composition root: opens the database, migrates, fills the slots, and hands out the context. */
export async function openApp(options: OpenAppOptions): Promise<App> {
  const { config, databaseUrl, log } = options
  armCrash(config.crashAt)
  await using opening = new AsyncDisposableStack()

  const connection = opening.use(
    openConnection({
      url: databaseUrl,
      max: options.maxConnections ?? 12,
      onError: (error) => log.warn({ err: error }, 'a database connection was lost'),
    }),
  )
  if (options.migrate ?? true) await migrate(connection.pool, options.onMigration ? { onStep: options.onMigration } : {})

  const slots = new Slots()
  mkdirSync(config.filesUrl, { recursive: true, mode: 0o700 })
  slots.provide(blobs, openDiskBlobStore(config.filesUrl))
  slots.provide(egress, options.demo ? noEgress : openEgress({ allow: config.egressAllow }))
  slots.fill(channels, opening.use(openEmailChannel({ smtpUrl: config.smtpUrl, onlyByUrl: options.demo !== undefined })))
  if (options.demo) slots.provide(demoDesk, options.demo)
  const parser = openParsePool(options.parseWorker ? { script: options.parseWorker } : {})
  opening.defer(() => parser.close())
  slots.provide(mailParser, parser)
  slots.provide(mailDns, options.mailResolver ?? (options.demo ? noMailDns : openMailDns(systemClock)))
  slots.provide(reactionPlan, plan)
  fillSlots(slots)
  slots.close()

  const cache = new Cache()
  const live = opening.use(
    openLiveBus(connection.db, databaseUrl, log, (name) => (name === null ? cache.clear() : cache.drop(name))),
  )
  await live.ready

  const ctx: Context = {
    db: connection.db,
    tx: null,
    actor: systemActor,
    locale: 'en',
    clock: systemClock,
    random: systemRandom,
    log,
    site: {
      baseUrl: config.baseUrl,
      baseUrlFixed: config.baseUrlFixed,
      hasDefaultSmtp: config.smtpUrl !== null,
      keys: openKeyring(readSecret(config)),
      limits: { fileBytes: 25 * 1024 * 1024, mailBytes: 50 * 1024 * 1024 },
    },
    slots,
    cache,
    live,
    request: null,
  }
  await installDefaults(ctx)

  const opened = opening.move()
  return { config, databaseUrl, connection, log, ctx, live, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}
