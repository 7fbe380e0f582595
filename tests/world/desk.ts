import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { agentActor } from '#access/actors.ts'
import { agentFacts } from '#access/agent-facts.ts'
import type { MailResolver } from '#channels/mail-dns.ts'
import { actingAs, type Context } from '#core/context.ts'
import { type Logger, silentLog } from '#core/log.ts'
import { createAgent } from '#people/agents.ts'
import { type App, openApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { cloneDatabase } from './database.ts'
import { noNames } from './names.ts'

export interface Desk extends AsyncDisposable {
  readonly app: App
  readonly ctx: Context
  readonly dataDir: string
  readonly databaseUrl: string
  readonly department: number
  /** Ada the administrator. */
  readonly ada: Context
}

/** The application itself on a database of this test file, without doors: open those the test is about. */
export async function openDesk(
  environment: Record<string, string> = {},
  log: Logger = silentLog,
  mailResolver: MailResolver = noNames,
): Promise<Desk> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tessera-desk-'))
  const databaseUrl = await cloneDatabase()
  const config = readConfig({ DATA_DIR: dataDir, DATABASE_URL: databaseUrl, BASE_URL: 'http://desk.example', ...environment })
  const app = await openApp({ config, databaseUrl, log, mailResolver })
  const { id } = await createAgent(app.ctx, {
    email: 'ada@desk.example',
    name: 'Ada Admin',
    administrator: true,
  })
  const department = (await app.ctx.db.selectFrom('department').select('id').orderBy('id').limit(1).executeTakeFirstOrThrow()).id
  return {
    app,
    ctx: app.ctx,
    dataDir,
    databaseUrl,
    department,
    ada: actingAs(app.ctx, agentActor((await agentFacts(app.ctx, id))!)),
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
