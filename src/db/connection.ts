import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { PreparingClient } from './preparing-client.ts'
import type { Database } from './types.ts'

export type Db = Kysely<Database>

/** bigint as number: ids stay far below 2^53. */
pg.types.setTypeParser(20, Number)

export interface ConnectionSettings {
  /** A postgres:// URL; a socket folder as `postgres:///db?host=/path`. */
  url: string
  /** Most connections this process holds for requests and jobs. */
  max: number
  applicationName?: string
  /** COMMIT does not wait for the disk: a crash of the database forgets the last moments, for what may well be done twice. */
  unhurriedCommits?: boolean
  /** For COPY, which does not go with statements that are sent ahead: a plain client of the driver. */
  copies?: boolean
  onError: (error: Error) => void
}

export interface Connection extends AsyncDisposable {
  readonly db: Db
  readonly pool: pg.Pool
}

/** Opens a pool. A pool without an error listener would end the process when the server restarts. */
export function openConnection(settings: ConnectionSettings): Connection {
  const pool = new pg.Pool({
    Client: settings.copies ? pg.Client : PreparingClient,
    connectionString: settings.url,
    max: settings.max,
    application_name: settings.applicationName ?? 'tessera',
    connectionTimeoutMillis: 15_000,
    idleTimeoutMillis: 60_000,
  })
  let closing = false
  const report = (error: Error & { client?: unknown }) => {
    // The pool hangs the whole client on its error; that is nothing for a log.
    delete error.client
    // A server that stops right after us may still speak to a connection that is being closed.
    if (!closing) settings.onError(error)
  }
  pool.on('error', report)
  pool.on('connect', (client) => {
    client.on('error', report)
    if (settings.unhurriedCommits) client.query('set synchronous_commit = off').catch(() => {})
  })
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
  return {
    db,
    pool,
    async [Symbol.asyncDispose]() {
      closing = true
      await db.destroy()
      // Kysely ends the pool only when it has sent a query of its own.
      if (!pool.ending) await pool.end()
    },
  }
}
