import { mkdtemp, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { safeFileName } from './attachments.ts'
import { openDiskBlobStore } from './blob-store.ts'

test('the same bytes are kept once, under their hash, with no temporary left', async () => {
  const root = await mkdtemp(join(tmpdir(), 'blobs-'))
  const store = openDiskBlobStore(root)
  const first = await store.put(Buffer.from('hello'))
  const second = await store.put(Buffer.from('hello'))
  expect(second).toEqual(first)
  expect((await store.read(first.hash)).toString()).toBe('hello')
  expect(await readdir(join(root, first.hash.slice(0, 2)))).toEqual([first.hash])
})

test('a blob name never becomes a path', async () => {
  const store = openDiskBlobStore(await mkdtemp(join(tmpdir(), 'blobs-')))
  await expect(store.read('../../etc/passwd')).rejects.toThrow('not a blob name')
})

test('file names lose paths, control and direction characters', () => {
  expect(safeFileName('..\\..\\boot.ini')).toBe('boot.ini')
  expect(safeFileName('/etc/passwd')).toBe('passwd')
  expect(safeFileName('invoice\u202efdp.exe\r\nX: y')).toBe('invoicefdp.exeX: y')
  expect(safeFileName('   ')).toBe('file')
})
