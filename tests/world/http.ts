import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { afterAll } from 'vitest'
import { openParsePool } from '#channels/email/parse-pool.ts'
import { mailParser } from '#channels/mail-parser.ts'
import { systemClock } from '#core/clock.ts'
import type { Context } from '#core/context.ts'
import { fillSlots } from '#plugins/builtin.ts'
import { installDefaults } from '#setup/install-defaults.ts'
import { openHttp } from '../../src/doors/http.ts'
import { openTestContext } from './context.ts'

export interface TestDesk {
  /** Acting as the desk itself. */
  readonly ctx: Context & { databaseUrl: string }
  readonly url: string
}

/** A desk as it is shipped, on a database of this test file, whose HTTP door listens on a real socket; without pages. */
export async function openTestDesk(
  options: { clock?: 'real' | 'test'; trustedProxies?: readonly string[] } = {},
): Promise<TestDesk> {
  const base = await openTestContext()
  const ctx = options.clock === 'test' ? base : { ...base, clock: systemClock }
  fillSlots(ctx.slots)
  ctx.slots.provide(mailParser, openParsePool())
  await installDefaults(ctx)
  const http = openHttp({
    ctx,
    trustedProxies: options.trustedProxies ?? [],
    pages: null,
    clientFolder: null,
    isReady: () => true,
  })
  const { promise, resolve } = Promise.withResolvers<AddressInfo>()
  const server = serve({ fetch: http.fetch, hostname: '127.0.0.1', port: 0 }, resolve)
  const { port } = await promise
  afterAll(async () => {
    const closed = new Promise<void>((done) => server.close(() => done()))
    if ('closeAllConnections' in server) server.closeAllConnections()
    await closed
  })
  return { ctx, url: `http://127.0.0.1:${port}` }
}
