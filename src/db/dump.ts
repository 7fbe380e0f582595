import type pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'

/** A table as it was copied out: its columns in order, how many rows. */
export interface DumpedTable {
  readonly name: string
  readonly columns: readonly string[]
  readonly rows: number
}

/** A table that is being copied out; `rows()` is final once `chunks` has ended. */
export interface TableDump {
  readonly name: string
  readonly columns: readonly string[]
  readonly chunks: AsyncIterable<Buffer>
  rows(): number
}

export interface SequenceState {
  readonly name: string
  readonly last: number
  readonly called: boolean
}

/** Jobs that wait, in the shape in which they are added again. */
export interface DumpedJob {
  readonly task: string
  readonly payload: unknown
  readonly key: string | null
  readonly runAt: string
  readonly priority: number
  readonly maxAttempts: number
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** Everything that is read until the client ends its transaction belongs to one moment. */
export async function beginSnapshot(client: pg.ClientBase): Promise<void> {
  await client.query('begin isolation level repeatable read read only')
}

/** Migrations that made the schema, in order. */
export async function appliedMigrations(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>('select name from schema_migration order by name')
  return rows.map((row) => row.name)
}

async function tables(client: pg.ClientBase): Promise<{ name: string; columns: string[] }[]> {
  const { rows } = await client.query<{ name: string; columns: string[] }>(`
    select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> 'schema_migration'
      and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    group by c.relname order by c.relname`)
  return rows
}

/** The data of every table of ours, in COPY's text format, one table after the other. */
export async function* dumpTables(client: pg.ClientBase): AsyncGenerator<TableDump> {
  for (const { name, columns } of await tables(client)) {
    let rows = 0
    const stream = client.query(copyTo(`copy public.${quoted(name)} (${columns.map(quoted).join(', ')}) to stdout`))
    async function* chunks() {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        // In COPY's text format a line feed ends a row and nothing else; those of values are written as \n.
        for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) rows++
        yield chunk
      }
    }
    yield { name, columns, chunks: chunks(), rows: () => rows }
  }
}

/** Where each sequence stands. A sequence knows no snapshot: it stands at or after what the rows have used. */
export async function sequenceStates(client: pg.ClientBase): Promise<SequenceState[]> {
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from pg_class where relkind = 'S' and relnamespace = 'public'::regnamespace order by relname`,
  )
  const states: SequenceState[] = []
  for (const { name } of rows) {
    const { rows: at } = await client.query<{ last_value: number; is_called: boolean }>(
      `select last_value, is_called from public.${quoted(name)}`,
    )
    states.push({ name, last: at[0]!.last_value, called: at[0]!.is_called })
  }
  return states
}

export async function waitingJobs(client: pg.ClientBase): Promise<DumpedJob[]> {
  const { rows } = await client.query<DumpedJob>(`
    select t.identifier as task, j.payload, j.key, to_json(j.run_at)#>>'{}' as "runAt", j.priority, j.max_attempts as "maxAttempts"
    from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
    where j.attempts < j.max_attempts order by j.id`)
  return rows
}

/** A migrated schema whose tables are about to be filled: constraints between tables and plain indexes are set aside meanwhile. */
export interface Loading {
  table(dumped: { name: string; columns: readonly string[] }, chunks: AsyncIterable<Uint8Array>): Promise<number>
  /** Puts indexes and constraints back (which checks them), sequences where they stood, and the jobs in their queue. */
  finish(sequences: readonly SequenceState[], jobs: readonly DumpedJob[]): Promise<void>
}

/** Inside the client's transaction, which the caller commits or takes back. Whatever the tables held is gone. */
export async function beginLoading(client: pg.ClientBase): Promise<Loading> {
  const known = new Map((await tables(client)).map((table) => [table.name, table]))
  const { rows: keys } = await client.query<{ table: string; name: string; definition: string }>(`
    select conrelid::regclass::text as table, conname as name, pg_get_constraintdef(oid) as definition
    from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace`)
  const { rows: indexes } = await client.query<{ name: string; definition: string }>(`
    select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
    from pg_index i join pg_class c on c.oid = i.indrelid
    where c.relnamespace = 'public'::regnamespace and c.relname <> 'schema_migration'
      and not exists (select from pg_constraint where conindid = i.indexrelid)`)
  for (const key of keys) await client.query(`alter table ${key.table} drop constraint ${quoted(key.name)}`)
  for (const index of indexes) await client.query(`drop index ${index.name}`)
  await client.query(`truncate ${[...known.keys()].map((name) => `public.${quoted(name)}`).join(', ')}`)
  return {
    async table({ name, columns }, chunks) {
      const table = known.get(name)
      const strange = table ? columns.find((column) => !table.columns.includes(column)) : name
      if (strange !== undefined)
        throw new Error(`The backup has ${table ? `a column ${name}.${strange}` : `a table ${name}`} that is not known.`)
      const stream = client.query(copyFrom(`copy public.${quoted(name)} (${columns.map(quoted).join(', ')}) from stdin`))
      const ended = new Promise<void>((resolve, reject) => {
        stream.once('finish', resolve)
        stream.once('error', reject)
      })
      // Reported where it is awaited; a stream that fails while it is being written must not end the process.
      ended.catch(() => {})
      for await (const chunk of chunks) {
        if (!stream.write(chunk)) await Promise.race([new Promise<void>((resolve) => stream.once('drain', resolve)), ended])
      }
      stream.end()
      await ended
      return stream.rowCount ?? 0
    },
    async finish(sequences, jobs) {
      for (const index of indexes) await client.query(index.definition)
      for (const key of keys) await client.query(`alter table ${key.table} add constraint ${quoted(key.name)} ${key.definition}`)
      for (const { name, last, called } of sequences) {
        await client.query(`select setval(to_regclass($1), $2, $3) where to_regclass($1) is not null`, [
          `public.${quoted(name)}`,
          last,
          called,
        ])
      }
      for (const job of jobs) {
        await client.query(
          `select graphile_worker.add_job($1, payload => $2::json, run_at => $3::timestamptz, max_attempts => $4, job_key => $5, priority => $6)`,
          [job.task, JSON.stringify(job.payload), job.runAt, job.maxAttempts, job.key, job.priority],
        )
      }
    },
  }
}

/** How many rows each table of ours holds. */
export async function countRows(client: pg.ClientBase): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  for (const { name } of await tables(client)) {
    const { rows } = await client.query<{ count: number }>(`select count(*) from public.${quoted(name)}`)
    counts.set(name, rows[0]!.count)
  }
  return counts
}
