import { createHash } from 'node:crypto'
import type { Connection } from '#db/connection.ts'
import type { BlobStore } from '#files/blob-store.ts'

export interface FilesChecked {
  readonly files: number
  readonly bytes: number
  /** Hashes of files whose content is not what their name says. */
  readonly damaged: readonly string[]
  /** Hashes that rows name and that are not there. */
  readonly missing: readonly string[]
}

const BATCH = 5_000

/** Reads every stored file, and looks for every file that an attachment, a received mail or a waiting message names. */
export async function checkFiles(pool: Connection['pool'], blobs: BlobStore): Promise<FilesChecked> {
  const there = new Set<string>()
  const damaged: string[] = []
  let bytes = 0
  for await (const { hash, size } of blobs.list()) {
    there.add(hash)
    bytes += size
    const digest = createHash('sha256')
    for await (const chunk of await blobs.stream(hash)) digest.update(chunk)
    if (digest.digest('hex') !== hash) damaged.push(hash)
  }
  const missing = new Set<string>()
  for (const { from, blob, where } of [
    { from: 'attachment', blob: 'blob', where: 'true' },
    { from: 'inbound_message', blob: 'blob', where: 'true' },
    {
      from: `(select m.id, part ->> 'blob' as blob from outbound_message m, jsonb_array_elements(m.content -> 'attachments') part) as named`,
      blob: 'blob',
      where: 'blob is not null',
    },
  ]) {
    for (let after = 0; ; ) {
      const { rows } = await pool.query<{ id: number; blob: string }>(
        `select id, ${blob} as blob from ${from} where ${where} and id > $1 order by id limit ${BATCH}`,
        [after],
      )
      for (const row of rows) if (row.blob !== '' && !there.has(row.blob)) missing.add(row.blob)
      if (rows.length < BATCH) break
      after = rows.at(-1)!.id
    }
  }
  return { files: there.size, bytes, damaged, missing: [...missing] }
}
