import { createHash, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { openConnection } from '../../src/db/connection.ts'
import { openEmbeddedPostgres } from '../../src/db/embedded-postgres.ts'
import { migrate } from '../../src/db/migrate.ts'
import { databaseUrl } from './database-url.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** A database to connect to for creating and dropping others. */
    adminUrl: string
    /** The migrated database that tests clone. */
    templateName: string
    /** What every database of this run is called first, so that a shared server can be cleaned after a kill. */
    databasePrefix: string
  }
}

/**
 * One PostgreSQL for the whole run and one migrated template on it. The server is an embedded one in a throw-away folder,
 * or the one TEST_DATABASE_URL names, where everything made carries a prefix of its own and is dropped in the end.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = process.env.TEST_DATABASE_URL ? sharedServer(process.env.TEST_DATABASE_URL) : await throwAwayServer()
  const prefix = `tessera_t${randomBytes(3).toString('hex')}`
  const template = `${prefix}_template_${migrationsHash()}`
  try {
    await makeTemplate(server.url, template)
  } catch (error) {
    await server.stop(prefix)
    throw error
  }
  project.provide('adminUrl', server.url)
  project.provide('templateName', template)
  project.provide('databasePrefix', prefix)
  return () => server.stop(prefix)
}

type Server = { url: string; stop(prefix: string): Promise<void> }

async function throwAwayServer(): Promise<Server> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tessera-test-'))
  // As root the server runs as another user, who must be able to walk through.
  fs.chmodSync(folder, 0o711)
  const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: (message: string) => console.error(message) }
  const server = await openEmbeddedPostgres({
    dataDir: folder,
    log: quiet,
    mode: 'own',
    // Tests of durability start servers of their own, with fsync on.
    settings: {
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      max_connections: '200',
      shared_buffers: '128MB',
    },
  })
  return {
    url: server.url,
    stop: async () => {
      await server.stop()
      fs.rmSync(folder, { recursive: true, force: true })
    },
  }
}

function sharedServer(url: string): Server {
  return {
    url,
    stop: (prefix) =>
      withClient(url, async (client) => {
        const left = await client.query<{ datname: string }>('select datname from pg_database where starts_with(datname, $1)', [
          prefix,
        ])
        for (const { datname } of left.rows) await client.query(`drop database if exists "${datname}" with (force)`)
      }),
  }
}

async function makeTemplate(adminUrl: string, name: string): Promise<void> {
  await withClient(adminUrl, (client) => client.query(`create database "${name}" template template0 encoding 'UTF8'`))
  const connection = openConnection({ url: databaseUrl(adminUrl, name), max: 4, onError: () => {} })
  try {
    await migrate(connection.pool)
  } finally {
    await connection[Symbol.asyncDispose]()
  }
  await withClient(adminUrl, (client) => client.query(`alter database "${name}" with allow_connections false`))
}

/** The template's name changes with the migrations, so that a stale one is never cloned. */
function migrationsHash(): string {
  const folder = path.resolve('src/db/migrations')
  const hash = createHash('sha256')
  for (const name of fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [])
    hash.update(name).update(fs.readFileSync(path.join(folder, name)))
  return hash.digest('hex').slice(0, 8)
}

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}
