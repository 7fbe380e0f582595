import { CompiledQuery, sql } from 'kysely'
import { expect, test } from 'vitest'
import { cloneDatabase } from '../../tests/world/database.ts'
import { openConnection } from './connection.ts'
import { Later } from './later.ts'

const open = async (stack: AsyncDisposableStack) => {
  const { db } = stack.use(openConnection({ url: await cloneDatabase(), max: 2, onError: () => {} }))
  await sql`create table note (id int primary key, text text not null)`.execute(db)
  return db
}

const later = (text: string, values: unknown[], done?: (rows: unknown[]) => void) =>
  CompiledQuery.raw(text, [...values, new Later(done)])
const INSERT = 'insert into note (id, text) values ($1, $2) returning id'

test('statements that travel later are done in their order, seen by those behind them, and committed', async () => {
  await using stack = new AsyncDisposableStack()
  const db = await open(stack)
  const returned: unknown[] = []
  await db.transaction().execute(async (tx) => {
    await tx.executeQuery(later(INSERT, [1, 'one'], (rows) => returned.push(...rows)))
    await tx.executeQuery(later('update note set text = $1 where id = $2', ['uno', 1]))
    expect((await sql`select text from note`.execute(tx)).rows).toEqual([{ text: 'uno' }])
    await tx.executeQuery(later(INSERT, [2, 'two'], (rows) => returned.push(...rows)))
  })
  expect(returned).toEqual([{ id: 1 }, { id: 2 }])
  expect((await sql`select id from note order by id`.execute(db)).rows).toEqual([{ id: 1 }, { id: 2 }])
})

test('the failure of one that travels later is the failure of what follows, and nothing is committed', async () => {
  await using stack = new AsyncDisposableStack()
  const db = await open(stack)
  await sql`insert into note values (1, 'there')`.execute(db)
  const twice = (ending: 'statement' | 'commit') =>
    db.transaction().execute(async (tx) => {
      await tx.executeQuery(later(INSERT, [7, 'seven']))
      await tx.executeQuery(later(INSERT, [1, 'again']))
      await tx.executeQuery(later(INSERT, [8, 'eight']))
      if (ending === 'statement') await sql`select 1`.execute(tx)
    })
  await expect(twice('statement')).rejects.toMatchObject({ code: '23505' })
  await expect(twice('commit')).rejects.toMatchObject({ code: '23505' })
  // The connection is good for the next one.
  expect((await sql`select id from note order by id`.execute(db)).rows).toEqual([{ id: 1 }])
})

test('a transaction that is given up sends nothing that was held back', async () => {
  await using stack = new AsyncDisposableStack()
  const db = await open(stack)
  const given = db.transaction().execute(async (tx) => {
    await tx.executeQuery(later(INSERT, [1, 'one']))
    throw new Error('given up')
  })
  await expect(given).rejects.toThrow('given up')
  await db.transaction().execute(async () => {})
  expect((await sql`select id from note`.execute(db)).rows).toEqual([])
})

test('a commit that the server turned into a rollback is an error', async () => {
  await using stack = new AsyncDisposableStack()
  const db = await open(stack)
  const swallowed = db.transaction().execute(async (tx) => {
    await sql`insert into note values (1, null)`.execute(tx).catch(() => {})
  })
  await expect(swallowed).rejects.toThrow('rolled back')
})
