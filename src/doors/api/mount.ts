import type { Hono } from 'hono'
import type { HttpEnv } from '../http-types.ts'
import { mountOsticket } from './osticket/mount.ts'

/** Mounts the REST API and osTicket's own calls. */
export function mountApi(app: Hono<HttpEnv>): void {
  mountOsticket(app)
}
