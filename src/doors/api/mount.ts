import type { Hono } from 'hono'
import { publicAddress } from '#settings/settings.ts'
import type { HttpEnv } from '../http-types.ts'
import type { Endpoint } from './endpoint.ts'
import { openApiDocument } from './openapi.ts'
import { mountOsticket } from './osticket/mount.ts'
import { serveEndpoints } from './serve.ts'
import { attachmentEndpoints } from './v1/attachments.ts'
import { cannedResponseEndpoints } from './v1/canned-responses.ts'
import { deskEndpoints } from './v1/desk.ts'
import { entryEndpoints } from './v1/entries.ts'
import { eventEndpoints } from './v1/events.ts'
import { furtherEndpoints } from './v1/further.ts'
import { mailboxEndpoints } from './v1/mailboxes.ts'
import { messageEndpoints } from './v1/messages.ts'
import { notificationEndpoints } from './v1/notifications.ts'
import { peopleEndpoints } from './v1/people.ts'
import { referralEndpoints } from './v1/referrals.ts'
import { senderEndpoints } from './v1/senders.ts'
import { ticketEndpoints } from './v1/tickets.ts'

/** Every operation of the REST API, in the order in which its description lists them. */
export const endpoints: readonly Endpoint[] = [
  ...ticketEndpoints,
  ...entryEndpoints,
  ...referralEndpoints,
  ...attachmentEndpoints,
  ...senderEndpoints,
  ...mailboxEndpoints,
  ...peopleEndpoints,
  ...eventEndpoints,
  ...furtherEndpoints,
  ...notificationEndpoints,
  ...deskEndpoints,
  ...messageEndpoints,
  ...cannedResponseEndpoints,
]

/** Mounts the REST API and osTicket's own calls. */
export function mountApi(app: Hono<HttpEnv>): void {
  app.get('/api/v1/openapi.json', async (c) => c.json(openApiDocument(endpoints, await publicAddress(c.get('ctx')))))
  serveEndpoints(app, endpoints)
  mountOsticket(app)
}
