import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { systemActor } from '#core/actor.ts'
import { Cache } from '#core/cache.ts'
import { type TestClock, testClock } from '#core/clock.ts'
import type { Context } from '#core/context.ts'
import { egress, openEgress } from '#core/egress.ts'
import { reactionPlan } from '#core/events.ts'
import { quietBus } from '#core/live.ts'
import { silentLog } from '#core/log.ts'
import { systemRandom } from '#core/random.ts'
import { openKeyring } from '#core/signing.ts'
import { Slots } from '#core/slots.ts'
import { openConnection } from '#db/connection.ts'
import { blobs, openDiskBlobStore } from '#files/blob-store.ts'
import { cloneDatabase } from './database.ts'

export interface TestContext extends Context {
  readonly clock: TestClock
  readonly databaseUrl: string
}

/** A context on a fresh database of this test file, acting as the desk itself, with a clock that the test moves. */
export async function openTestContext(start = '2026-03-02T10:00:00.000Z'): Promise<TestContext> {
  const databaseUrl = await cloneDatabase()
  const connection = openConnection({ url: databaseUrl, max: 6, onError: () => {} })
  const folder = mkdtempSync(join(tmpdir(), 'tessera-context-'))
  const slots = new Slots()
  slots.provide(blobs, openDiskBlobStore(folder))
  slots.provide(egress, openEgress({ allow: [] }))
  slots.provide(reactionPlan, { wanted: async () => [] })
  afterAll(async () => {
    await connection[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    databaseUrl,
    db: connection.db,
    tx: null,
    actor: systemActor,
    locale: 'en',
    clock: testClock(start),
    random: systemRandom,
    log: silentLog,
    site: {
      baseUrl: 'http://desk.example',
      baseUrlFixed: true,
      keys: openKeyring(Buffer.alloc(32, 7)),
      hasDefaultSmtp: false,
      limits: { fileBytes: 25 * 1024 * 1024, mailBytes: 40 * 1024 * 1024 },
    },
    slots,
    cache: new Cache(),
    live: quietBus,
    request: null,
  }
}
