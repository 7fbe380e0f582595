import type { Hono } from 'hono'
import type { HttpEnv } from '../http-types.ts'

/** Mounts the REST API and osTicket's own calls. */
export function mountApi(app: Hono<HttpEnv>): void {
  app.all('/api/*', (c) => c.text('URL not supported', 404))
}
