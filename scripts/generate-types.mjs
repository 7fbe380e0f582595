// Prints src/db/types.ts from the migrations: run them on a throw-away PostgreSQL, read the catalogue back.
// `node scripts/generate-types.mjs` writes the file, `--check` compares and exits 1 when they differ. Runs on Node 24.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { openEmbeddedPostgres } from '../src/db/embedded-postgres.ts'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const target = path.join(root, 'src', 'db', 'types.ts')

/** The text of types.ts for the migrations in a folder. */
export async function generateTypes(folder = path.join(root, 'src', 'db', 'migrations')) {
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'tessera-types-'))
  fs.chmodSync(dataDir, 0o711)
  const quiet = () => {}
  const server = await openEmbeddedPostgres({
    dataDir,
    mode: 'own',
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    settings: { fsync: 'off', shared_buffers: '32MB' },
  })
  const client = new pg.Client({ connectionString: server.url })
  client.on('error', quiet)
  try {
    await client.connect()
    for (const name of fs.readdirSync(folder).sort()) {
      if (name.endsWith('.sql')) await client.query(fs.readFileSync(path.join(folder, name), 'utf8'))
    }
    return print(await readColumns(client))
  } finally {
    await client.end()
    await server.stop()
    fs.rmSync(dataDir, { recursive: true, force: true })
  }
}

async function readColumns(client) {
  const { rows } = await client.query(`
    select c.relname as table, a.attname as column, format_type(a.atttypid, null) as type, a.attnotnull as required,
      a.attidentity <> '' as identity, a.attgenerated <> '' as computed, a.atthasdef as has_default,
      (select string_agg(pg_get_constraintdef(k.oid), ' ') from pg_constraint k
        where k.conrelid = c.oid and k.contype = 'c' and k.conkey = array[a.attnum]) as checks
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and a.attnum > 0 and not a.attisdropped
    order by c.oid, a.attnum`)
  return rows
}

const plain = {
  bigint: 'number',
  integer: 'number',
  smallint: 'number',
  'double precision': 'number',
  real: 'number',
  numeric: 'string',
  text: 'string',
  'character varying': 'string',
  uuid: 'string',
  inet: 'string',
  tsvector: 'string',
  boolean: 'boolean',
  bytea: 'Buffer',
  date: 'string',
  'timestamp with time zone': 'Date',
}

function typeOf(column) {
  const optional = column.has_default && !column.identity && !column.computed
  if (/^jsonb?$/.test(column.type)) return column.required ? (optional ? 'JsonDefault' : 'Json') : 'JsonOrNull'
  const array = column.type.endsWith('[]')
  const base = unionOf(column) ?? plain[column.type.replace(/\[\]$/, '')]
  if (!base) throw new Error(`${column.table}.${column.column} has a type that generate-types does not know: ${column.type}`)
  const value = `${array && base.includes('|') ? `(${base})` : base}${array ? '[]' : ''}${column.required ? '' : ' | null'}`
  if (column.identity || column.computed) return `GeneratedAlways<${value}>`
  return optional ? `Generated<${value}>` : value
}

/** `check (kind in ('a', 'b'))` comes back from PostgreSQL as `= ANY (ARRAY['a'::text, 'b'::text])`. */
function unionOf(column) {
  const found = /^CHECK \(\(\w+ = (?:ANY \(\(?ARRAY\[)?('[^\]]*?)(?:\](?:::text\[\])?\)?\))?\)\)/.exec(column.checks ?? '')
  const values = found?.[1].match(/'(?:[^']|'')*'(?=::)/g)
  return values && values.length > 0 ? values.join(' | ') : null
}

function print(columns) {
  const pascal = (name) => name.replace(/(?:^|_)(\w)/g, (_, letter) => letter.toUpperCase())
  const tables = [...new Set(columns.map((column) => column.table))].filter((table) => table !== 'schema_migration')
  const rows = tables.map((table) => {
    const lines = columns.filter((column) => column.table === table).map((column) => `  ${column.column}: ${typeOf(column)}`)
    return `export interface ${pascal(table)}Table {\n${lines.join('\n')}\n}\n`
  })
  const database = `export interface Database {\n${tables.map((table) => `  ${table}: ${pascal(table)}Table`).join('\n')}\n}\n`
  return `// Generated from the migrations by scripts/generate-types.mjs; npm run check compares it.
import type { ColumnType, Generated, GeneratedAlways } from 'kysely'

/** Written as JSON text, read as the parsed value. */
type Json = ColumnType<unknown, string, string>
type JsonDefault = ColumnType<unknown, string | undefined, string>
type JsonOrNull = ColumnType<unknown, string | null | undefined, string | null>

${rows.join('\n')}
${database}`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = await generateTypes()
  if (!process.argv.includes('--check')) fs.writeFileSync(target, text)
  else if (fs.readFileSync(target, 'utf8') !== text) {
    fs.writeFileSync(path.join(os.tmpdir(), 'tessera-types.ts'), text)
    console.error('src/db/types.ts does not agree with the migrations: run npm run generate-types.')
    process.exitCode = 1
  }
}
