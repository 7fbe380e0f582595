import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import type { Context } from '#core/context.ts'
import { silentLog } from '#core/log.ts'
import { openApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import type { BuiltDesk } from './browser.ts'

/** A context on the database of a built desk that runs, for preparing it and for looking into it by the rooms' own verbs. Ends with the file. */
export async function openAppBeside(desk: Pick<BuiltDesk, 'databaseUrl' | 'url'>): Promise<Context> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tessera-beside-'))
  const app = await openApp({
    config: readConfig({ DATA_DIR: dataDir, DATABASE_URL: desk.databaseUrl, BASE_URL: desk.url }),
    databaseUrl: desk.databaseUrl,
    log: silentLog,
  })
  afterAll(async () => {
    await app[Symbol.asyncDispose]()
    rmSync(dataDir, { recursive: true, force: true })
  })
  return app.ctx
}
