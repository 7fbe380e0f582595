import pg from 'pg'
import { expect, test } from 'vitest'
import { cloneDatabase } from './database.ts'

async function ask(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(statement)).rows
  } finally {
    await client.end()
  }
}

test('a cloned database has the schema and is apart from the next', async () => {
  const [one, two] = [await cloneDatabase(), await cloneDatabase()]
  const tables = await ask(one, "select table_name from information_schema.tables where table_schema = 'public'")
  expect(tables.map((row) => row.table_name)).toContain('schema_migration')
  await ask(one, 'create table only_here (id int)')
  expect(await ask(two, "select to_regclass('only_here') as found")).toEqual([{ found: null }])
})
