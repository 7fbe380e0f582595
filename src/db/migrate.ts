import { runMigrations as runJobMigrations } from 'graphile-worker'
import type pg from 'pg'

/** The SQL files, embedded at build time so that the server needs no source beside it. Forward only, one transaction each. */
const files = import.meta.glob<string>('./migrations/*.sql', { query: '?raw', import: 'default', eager: true })

export interface Migration {
  name: string
  sql: string
}

export const migrations: readonly Migration[] = Object.entries(files)
  .map(([path, sql]) => ({ name: path.replace(/^.*\//, '').replace(/\.sql$/, ''), sql }))
  .sort((a, b) => (a.name < b.name ? -1 : 1))

/** Any constant will do; every node of a desk asks for the same lock. */
const LOCK = 7_205_759

/**
 * Brings the schema up to date under an advisory lock, so that several nodes may start at once. `onStep` names each migration
 * before it runs. `only` stops at an older schema, for a backup of that time. With `dryRun` nothing is changed and the names of what would run come back.
 */
export async function migrate(
  pool: pg.Pool,
  options: { dryRun?: boolean; only?: readonly string[]; onStep?: (name: string, index: number, total: number) => void } = {},
): Promise<string[]> {
  const client = await pool.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK])
    const known = await client.query<{ present: boolean }>(`select to_regclass('public.schema_migration') is not null as present`)
    const done = new Set<string>(
      known.rows[0]?.present
        ? (await client.query<{ name: string }>('select name from schema_migration')).rows.map((r) => r.name)
        : [],
    )
    const known_names = new Set(migrations.map((m) => m.name))
    const newer = [...done].find((name) => !known_names.has(name))
    if (newer)
      throw Object.assign(
        new Error(
          `The database was written by a newer Tessera (it has migration ${newer}); install that version or restore a backup.`,
        ),
        { code: 'cannot_start' },
      )
    const todo = migrations.filter((m) => !done.has(m.name) && (!options.only || options.only.includes(m.name)))
    if (options.dryRun) return todo.map((m) => m.name)
    if (!known.rows[0]?.present)
      await client.query('create table schema_migration (name text primary key, applied_at timestamptz(3) not null)')
    await runJobMigrations({ pgPool: pool, logger: undefined })
    for (const [index, migration] of todo.entries()) {
      options.onStep?.(migration.name, index, todo.length)
      await client.query('begin')
      try {
        await client.query(migration.sql)
        await client.query('insert into schema_migration (name, applied_at) values ($1, $2)', [
          migration.name,
          new Date(Date.now()),
        ])
        await client.query('commit')
      } catch (error) {
        await client.query('rollback')
        throw new Error(`Migration ${migration.name} failed: ${(error as Error).message}`, { cause: error })
      }
    }
    return todo.map((m) => m.name)
  } finally {
    await client.query('select pg_advisory_unlock($1)', [LOCK]).catch(() => {})
    client.release()
  }
}
