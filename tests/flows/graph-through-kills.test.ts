import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { addMailbox } from '#channels/change-mailboxes.ts'
import type { CrashPoint } from '#core/crash.ts'
import { installDefaults } from '#setup/install-defaults.ts'
import { openTestContext } from '../world/context.ts'
import { until } from '../world/free-port.ts'
import { startGraphServer } from '../world/graph-server.ts'
import { startSignInServer } from '../world/sign-in-server.ts'

const cli = resolve('build/server/cli.js')
const POINTS: CrashPoint[] = ['after-blob', 'after-commit', 'before-ack']

test.skipIf(!existsSync(cli))(
  'killed while it takes mail of Graph that is deleted there, the desk loses nothing and doubles nothing',
  { timeout: 180_000 },
  async () => {
    await using signIn = await startSignInServer({ redirectUri: 'http://desk.example/back' })
    await using graph = await startGraphServer({
      user: 'support@desk.example',
      accepts: async (token) => (await signIn.accountOf(token)) !== null,
      pageSize: 2,
    })
    const ctx = await openTestContext(new Date().toISOString())
    const dataDir = mkdtempSync(join(tmpdir(), 'tessera-graph-'))
    const start = (crashAt: CrashPoint | null) => {
      const child = spawn(process.execPath, [cli, 'start'], {
        env: {
          PATH: process.env.PATH ?? '',
          NODE_ENV: 'production',
          DATABASE_URL: ctx.databaseUrl,
          DATA_DIR: dataDir,
          // That of the test's context, which sealed the secret.
          SECRET_KEY: '\u0007'.repeat(32),
          EGRESS_ALLOW: '127.0.0.1',
          PORT: '0',
          LOG_LEVEL: 'error',
          ROLES: 'worker,mail',
          ...(crashAt ? { TESSERA_CRASH_AT: crashAt } : {}),
        },
        // The channel ends the desk with this process, however that ends.
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      })
      child.channel?.unref()
      const ended = new Promise<NodeJS.Signals | null>((done) => child.once('exit', (_code, signal) => done(signal)))
      return { child, ended }
    }
    try {
      await installDefaults(ctx)
      const department = await ctx.db.selectFrom('department').select('id').orderBy('id').executeTakeFirstOrThrow()
      await addMailbox(ctx, {
        address: 'support@desk.example',
        department: department.id,
        graph: { user: 'support@desk.example', endpoint: graph.endpoint, afterFetch: 'delete' },
        oauth: {
          provider: 'microsoft',
          grant: 'client_credentials',
          clientId: signIn.clientId,
          secret: signIn.secret,
          tenant: 'desk.example',
          authority: signIn.issuer,
          scopes: 'mail',
        },
      })
      let sent = 0
      const deliver = (count: number): void => {
        for (let at = 0; at < count; at++) {
          const id = `g${++sent}`
          graph.deliver(
            `From: Kim <kim-${id}@customer.example>\nTo: support@desk.example\nSubject: Question ${id}\nMessage-ID: <${id}@customer.example>\n\nThis is ${id}.\n`,
          )
        }
      }
      for (const point of POINTS) {
        deliver(5)
        expect([point, await start(point).ended]).toEqual([point, 'SIGKILL'])
      }
      deliver(2)
      const last = start(null)
      const rows = await until(
        async () => {
          const all = await ctx.db.selectFrom('inbound_message').select(['state', 'ticket_id', 'blob']).execute()
          return graph.messages.every((one) => one.folder === 'f-deleted') && all.every((row) => row.state !== 'received') && all
        },
        'everything is taken and posted',
        90_000,
      )
      last.child.kill('SIGTERM')
      await last.ended
      expect(rows).toHaveLength(sent)
      expect(rows.every((row) => row.state === 'posted')).toBe(true)
      expect(new Set(rows.map((row) => row.blob)).size).toBe(sent)
      expect(new Set(rows.map((row) => row.ticket_id)).size).toBe(sent)
    } finally {
      rmSync(dataDir, { recursive: true, force: true })
    }
  },
)
