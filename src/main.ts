import { existsSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { serve } from '@hono/node-server'
import type { ServerBuild } from 'react-router'
import type { Context } from '#core/context.ts'
import type { Logger } from '#core/log.ts'
import { openEmbeddedPostgres } from '#db/embedded-postgres.ts'
import type { DemoDesk } from '#demo/demo-desk.ts'
import { setupLink } from '#setup/setup-link.ts'
import { type App, openApp } from './app.ts'
import type { Config } from './config.ts'
import { openHttp } from './doors/http.ts'
import { handIn } from './doors/mail/hand-in.ts'
import { openOutgoingKeeper } from './doors/mail/keep-outgoing.ts'
import { openMailDoor } from './doors/mail/open-mail-door.ts'
import { openWorker, runJobsUntilQuiet } from './doors/worker/run.ts'

export interface Started extends AsyncDisposable {
  readonly app: App
  /** Where HTTP listens; null without the web role. */
  readonly url: string | null
  /** Where SMTP or LMTP listens. */
  readonly smtp: { host: string; port: number } | null
  /** One-time link to the wizard while the desk is not set up. */
  readonly setupLink: string | null
}

export interface StartOptions {
  config: Config
  log: Logger
  /** The pages of this build. */
  pages: () => Promise<ServerBuild>
  /** Folder of the built files: `client` and `server/parse-worker.js` are in it. */
  buildFolder: string
  /** It runs as a demonstration: what would leave the machine is kept in its outbox. */
  demo?: DemoDesk
  /** Runs once the application is open and before any door is. */
  prepare?: (app: App) => Promise<void>
  /** Says what is happening while it starts. */
  onProgress?: (sentence: string) => void
}

/** Opens the database and the doors that ROLES names. Disposing stops them in order: no new work, running work ends, then the database. */
export async function start(options: StartOptions): Promise<Started> {
  const { log, demo } = options
  const tell = options.onProgress ?? (() => {})
  await using opening = new AsyncDisposableStack()

  let config = options.config
  if (demo) {
    const keeper = opening.use(await openOutgoingKeeper(demo.outbox))
    config = { ...config, smtpUrl: keeper.url }
  }

  let databaseUrl = config.databaseUrl
  if (!databaseUrl) {
    tell('Starting the database')
    const postgres = await openEmbeddedPostgres({
      dataDir: config.dataDir,
      mode: 'own',
      binDir: config.pgBinDir ?? undefined,
      log: {
        debug: (message) => log.debug(message),
        info: (message) => log.info(message),
        warn: (message) => log.warn(message),
        error: (message) => log.error(message),
      },
    })
    opening.defer(() => postgres.stop())
    databaseUrl = postgres.url
  }

  const parseWorker = join(options.buildFolder, 'server', 'parse-worker.js')
  const app = opening.use(
    await openApp({
      config,
      databaseUrl,
      log,
      ...(existsSync(parseWorker) ? { parseWorker } : {}),
      ...(demo ? { demo } : {}),
      onMigration: (name, index, total) => tell(`Migrating the database: ${name} (${index + 1} of ${total})`),
    }),
  )

  await options.prepare?.(app)
  if (config.roles.has('worker')) opening.use(await openWorker(app.ctx, { concurrency: 4, databaseUrl }))
  let smtp: Started['smtp'] = null
  if (config.roles.has('mail')) {
    const door = opening.use(
      await openMailDoor({
        ctx: app.ctx,
        databaseUrl,
        dataDir: config.dataDir,
        smtpListen: config.smtpListen,
        smtpTls: config.smtpTls,
      }),
    )
    if (door.listener && config.smtpListen) smtp = { host: config.smtpListen.host, port: door.listener.port }
    if (demo && door.listener) {
      const { port } = door.listener
      demo.handIn = (mail) => handIn(port, mail)
    }
  }

  let url: string | null = null
  if (config.roles.has('web')) {
    let ready = false
    const http = openHttp({
      ctx: app.ctx,
      trustedProxies: config.trustedProxies,
      pages: await options.pages(),
      clientFolder: join(options.buildFolder, 'client'),
      isReady: () => ready,
    })
    const { promise: listening, resolve, reject } = Promise.withResolvers<AddressInfo>()
    const server = serve({ fetch: http.fetch, hostname: config.host, port: config.port }, resolve)
    server.on('error', reject)
    const address = await listening.catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'EADDRINUSE'
        ? Object.assign(new Error(`Port ${config.port} is taken by another program; stop it, or set PORT to a free one.`), {
            code: 'cannot_start',
          })
        : error
    })
    url = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${address.port}`
    opening.defer(async () => {
      ready = false
      const closed = new Promise<void>((done) => server.close(() => done()))
      // Streams stay open for hours: they are cut, and their screens come back by themselves.
      if ('closeAllConnections' in server) setTimeout(() => server.closeAllConnections(), 1_500).unref()
      await closed
    })
    ready = true
  }

  const link = url ? await setupLink(app.ctx, config.baseUrlFixed || config.port !== 0 ? config.baseUrl : url) : null
  const opened = opening.move()
  return { app, url, smtp, setupLink: link, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}

/** Runs the jobs that are due by the clock of `ctx`, before there is a worker: for filling a desk with a past. */
export const settleJobs = async (ctx: Context, pool: App['connection']['pool']): Promise<void> =>
  void (await runJobsUntilQuiet(ctx, pool, ctx.clock.now()))
