import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { spoolMail } from '#channels/spool.ts'
import { openKeyring } from '#core/signing.ts'
import { type Connection, openConnection } from '#db/connection.ts'
import { storeFiles } from '#files/attachments.ts'
import { blobs, openDiskBlobStore } from '#files/blob-store.ts'
import { openTicket } from '#tickets/open-ticket.ts'
import { backUp, type DeskToBackUp } from '#upkeep/back-up.ts'
import { checkFiles } from '#upkeep/check-files.ts'
import { compareCounts, restore } from '#upkeep/restore.ts'
import { emptyDatabase } from '../world/database.ts'
import { type Desk, openDesk } from '../world/desk.ts'
import { bringCast, type Cast } from '../world/people.ts'

let desk: Desk
let cast: Cast
/** To the desk's own database, as the command opens it beside the running desk. */
let copying: Connection
let folder: string
let file: string
const secret = Buffer.from('5'.repeat(64), 'hex')

const place = (): DeskToBackUp => ({
  pool: copying.pool,
  blobs: desk.ctx.slots.use(blobs),
  dataDir: desk.dataDir,
  keys: openKeyring(secret),
  secret,
  now: new Date('2026-11-24T10:00:00Z'),
})

const ask = async (subject: string) =>
  openTicket(
    cast.kim,
    {
      requester: { email: 'kim@customer.example', name: 'Kim Customer' },
      subject,
      // What COPY's text format must escape, and what a count of lines must not count.
      message: 'A tab\tand a backslash \\N\\.\nand a second line\r\nand ünïcode 🔥',
    },
    {
      channel: 'web',
      files: await storeFiles(cast.kim, [
        { name: `${subject}.txt`, contentType: 'text/plain', content: Buffer.from(subject.repeat(99)) },
      ]),
    },
  )

/** An empty database and folder to restore into. */
async function elsewhere(): Promise<AsyncDisposable & { connection: Connection; folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-elsewhere-'))
  const connection = openConnection({ url: await emptyDatabase(), max: 3, copies: true, onError: () => {} })
  return {
    connection,
    folder,
    async [Symbol.asyncDispose]() {
      await connection[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

beforeAll(async () => {
  desk = await openDesk({ SMTP_URL: 'smtp://127.0.0.1:9' })
  cast = await bringCast(desk.ctx)
  copying = openConnection({ url: desk.databaseUrl, max: 1, copies: true, onError: () => {} })
  folder = mkdtempSync(join(tmpdir(), 'tessera-backup-'))
  file = join(folder, 'desk.backup')
  for (const subject of ['Grinder', 'Kettle', 'Scales']) await ask(subject)
  await spoolMail(desk.dataDir, {
    from: 'kim@customer.example',
    to: ['help@desk.example'],
    raw: Buffer.from('Subject: Spooled\r\n\r\n'),
  })
  await backUp(place(), file)
})
afterAll(async () => {
  await copying?.[Symbol.asyncDispose]()
  await desk?.[Symbol.asyncDispose]()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

test('what is restored elsewhere is the desk, row by row and byte by byte', async () => {
  await using there = await elsewhere()
  const store = openDiskBlobStore(join(there.folder, 'files'))
  const keys: (Buffer | null)[] = []
  const { manifest, header } = await restore(
    { pool: there.connection.pool, blobs: store, dataDir: there.folder, takeKey: (taken) => void keys.push(taken) },
    file,
  )
  expect(header.takenAt).toBe('2026-11-24T10:00:00.000Z')
  expect(keys).toEqual([secret])
  expect(manifest.spooled).toBe(1)
  expect(await compareCounts(there.connection.pool, manifest)).toEqual([])
  expect(await checkFiles(there.connection.pool, store)).toMatchObject({ files: manifest.files, damaged: [], missing: [] })
  for (const table of ['ticket', 'thread_entry', 'attachment', 'event', 'setting', 'agent'] as const) {
    const here = await desk.ctx.db
      .selectFrom(table)
      .selectAll()
      .orderBy(table === 'setting' ? 'key' : ('id' as 'key'))
      .execute()
    const restored = await there.connection.db
      .selectFrom(table)
      .selectAll()
      .orderBy(table === 'setting' ? 'key' : ('id' as 'key'))
      .execute()
    expect(restored).toEqual(here)
  }
  // What waited to be done waits there too.
  const jobs = (pool: Connection['pool']) =>
    pool.query('select task_identifier, key, priority from graphile_worker.jobs order by task_identifier, key')
  expect((await jobs(there.connection.pool)).rows).toEqual((await jobs(desk.app.connection.pool)).rows)
  // The next row gets the next number, not one that was used.
  const { rows } = await there.connection.pool.query(
    `insert into event (at, actor_kind, verb, subject_kind, subject_id, data, facts) values (to_timestamp(0), 'system', 'x', 'x', 1, '{}', '{}') returning id`,
  )
  const { max } = await desk.ctx.db
    .selectFrom('event')
    .select((eb) => eb.fn.max('id').as('max'))
    .executeTakeFirstOrThrow()
  expect(rows[0].id).toBe(max + 1)
  // Constraints were put back.
  await expect(there.connection.pool.query('insert into ticket (thread_id) values (-1)')).rejects.toThrow()
  const { rows: indexes } = await there.connection.pool.query(
    `select count(*)::int as n from pg_indexes where schemaname = 'public'`,
  )
  const { rows: ours } = await desk.app.connection.pool.query(
    `select count(*)::int as n from pg_indexes where schemaname = 'public'`,
  )
  expect(indexes).toEqual(ours)
})

test('a backup under load is one moment: what names a file has it, and every ticket has its thread', async () => {
  const busy = join(folder, 'busy.backup')
  let going = true
  let made = 0
  const load = (async () => {
    while (going) await ask(`Busy ${made++}`)
  })()
  await expect.poll(() => made).toBeGreaterThan(2)
  await backUp(place(), busy)
  const during = made
  await expect.poll(() => made).toBeGreaterThan(during)
  going = false
  await load
  await using there = await elsewhere()
  const store = openDiskBlobStore(join(there.folder, 'files'))
  const { manifest } = await restore({ pool: there.connection.pool, blobs: store, dataDir: null }, busy)
  expect(await compareCounts(there.connection.pool, manifest)).toEqual([])
  expect((await checkFiles(there.connection.pool, store)).missing).toEqual([])
})

test('a desk in use is never overwritten', async () => {
  await expect(
    restore({ pool: desk.app.connection.pool, blobs: desk.ctx.slots.use(blobs), dataDir: null }, file),
  ).rejects.toMatchObject({ code: 'place_taken' })
})

test.each(['cut off', 'damaged', 'something else', 'missing'])('a file that is %s is refused and leaves no desk', async (how) => {
  await using there = await elsewhere()
  const broken = join(folder, `${how}.backup`)
  const bytes = readFileSync(file)
  if (how !== 'missing') writeFileSync(broken, how === 'something else' ? 'Dear desk,' : bytes)
  if (how === 'cut off') truncateSync(broken, bytes.length - 40)
  if (how === 'damaged') {
    const middle = Math.floor(bytes.length / 2)
    bytes[middle] = bytes[middle]! ^ 0xff
    writeFileSync(broken, bytes)
  }
  const store = openDiskBlobStore(join(there.folder, 'files'))
  await expect(restore({ pool: there.connection.pool, blobs: store, dataDir: null }, broken)).rejects.toMatchObject({
    code: 'archive_damaged',
  })
  const { rows } = await there.connection.pool.query(`select to_regclass('public.ticket') is not null as made`)
  if (rows[0].made) expect((await there.connection.pool.query('select 1 from ticket')).rowCount).toBe(0)
})

test('the file is for its owner only, and a backup that fails leaves nothing', async () => {
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const failing = { ...place(), blobs: { ...place().blobs, stream: () => Promise.reject(new Error('disk gone')) } }
  await expect(backUp(failing, join(folder, 'failing.backup'))).rejects.toThrow('disk gone')
  expect(() => statSync(join(folder, 'failing.backup'))).toThrow()
  expect(() => statSync(join(folder, 'failing.backup.part'))).toThrow()
})
