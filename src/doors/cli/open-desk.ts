import type { Logger } from '#core/log.ts'
import { openLog } from '#core/log.ts'
import { openEmbeddedPostgres } from '#db/embedded-postgres.ts'
import { type App, openApp } from '../../app.ts'
import { type Config, readConfig } from '../../config.ts'

export interface DeskDatabase extends AsyncDisposable {
  readonly url: string
}

/**
 * The database of this configuration: DATABASE_URL, or the embedded one. A command joins the server of a desk that runs, and
 * else starts one for as long as it needs it.
 */
export async function openDeskDatabase(config: Config, log: Logger): Promise<DeskDatabase> {
  if (config.databaseUrl) return { url: config.databaseUrl, [Symbol.asyncDispose]: async () => {} }
  const server = await openEmbeddedPostgres({ dataDir: config.dataDir, log, mode: 'join', binDir: config.pgBinDir ?? undefined })
  return { url: server.url, [Symbol.asyncDispose]: () => server.stop() }
}

/** Opens the application for one command, without doors, and closes it afterwards. Only what goes wrong is logged. */
export async function withDesk<T>(use: (app: App) => Promise<T>): Promise<T> {
  const config = readConfig()
  const log = openLog('warn', false)
  await using database = await openDeskDatabase(config, log)
  await using app = await openApp({ config, databaseUrl: database.url, log, maxConnections: 3 })
  return await use(app)
}
