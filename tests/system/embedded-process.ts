// A process that opens the embedded database of a folder and inserts numbers, telling each one that was committed.
// Run by the tests of this folder: `node embedded-process.ts DATA_DIR MODE [insert|count|hold] [fast]`, fast being without fsync. Speaks JSON lines on stdout.
import pg from 'pg'
import { openEmbeddedPostgres } from '../../src/db/embedded-postgres.ts'

const [dataDir = '', mode = 'own', work = '', speed = ''] = process.argv.slice(2)
const tell = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)
const log = {
  debug: () => {},
  info: (message: string) => tell({ log: message }),
  warn: (message: string) => tell({ log: message }),
  error: (message: string) => tell({ log: message }),
}

try {
  const server = await openEmbeddedPostgres({
    dataDir,
    log,
    mode: mode === 'join' ? 'join' : 'own',
    settings: speed === 'fast' ? { fsync: 'off' } : {},
  })
  const pool = new pg.Pool({ connectionString: server.url, max: 4 })
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  let stopping = false
  process.on('SIGTERM', async () => {
    stopping = true
    await pool.end()
    await server.stop()
    tell({ stopped: true })
    process.exit(0)
  })
  tell({ ready: true, postmaster: server.pid(), home: server.home, uid: process.getuid?.() })
  if (work === 'insert') {
    await pool.query('create table if not exists kept (id bigint primary key)')
    const { rows } = await pool.query<{ next: string }>('select coalesce(max(id), 0) + 1 as next from kept')
    const insert = async (first: number) => {
      for (let id = first; !stopping; id += 4) {
        try {
          // A repeat after a lost connection finds its own row: acknowledged all the same.
          await pool.query('insert into kept values ($1) on conflict do nothing', [id])
          tell({ kept: id })
        } catch {
          id -= 4
          await new Promise((resolve) => setTimeout(resolve, 20))
        }
      }
    }
    const next = Number(rows[0]!.next)
    await Promise.all([0, 1, 2, 3].map((lane) => insert(next + lane)))
  } else if (work === 'count') {
    const { rows } = await pool.query<{ id: string }>('select id from kept')
    tell({ ids: rows.map((row) => Number(row.id)) })
    await pool.end()
    await server.stop()
  } else if (mode === 'own' || work === 'hold') setInterval(() => {}, 60_000)
  else {
    await pool.end()
    await server.stop()
  }
} catch (error) {
  tell({ failed: error instanceof Error ? error.message : String(error) })
  process.exit(1)
}
