import { z } from 'zod'
import { listNotifications, markAllRead, markNotification } from '#notifications/inbox.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { idText } from '../public-id.ts'
import { pageOf, pageQuery } from './shapes.ts'

const TAG = 'Notifications'

const NotificationShape = z.object({
  id: idText('notification'),
  kind: z.string().describe('What happened: new_ticket, new_message, assigned, mentioned and so on'),
  at: z.iso.datetime(),
  read: z.boolean(),
  by: z.string().describe('Name of whoever did it; empty for the desk itself'),
  ticket: z.object({ id: idText('ticket'), number: z.string(), subject: z.string() }).nullable(),
  excerpt: z.string().nullable(),
})

const list = endpoint(
  {
    method: 'GET',
    path: '/notifications',
    summary: 'List what the agent of the token was told in the workspace, newest first',
    tag: TAG,
    scope: 'tickets:read',
    query: pageQuery.extend({ unread: z.enum(['true', 'false']).default('false') }),
    answer: pageOf(NotificationShape),
  },
  async ({ ctx, ids, query }) => {
    const page = await listNotifications(ctx, {
      unreadOnly: query.unread === 'true',
      cursor: query.cursor ?? null,
      limit: query.limit,
    })
    return {
      data: page.rows.map(({ id, kind, at, isRead, by, ticket, excerpt }) => ({
        id: ids.write('notification', id),
        kind,
        at: at.toISOString(),
        read: isRead,
        by,
        ticket: ticket && { id: ids.write('ticket', ticket.id), number: ticket.number, subject: ticket.subject },
        excerpt,
      })),
      next: page.next,
    }
  },
)

const change = endpoint(
  {
    method: 'PATCH',
    path: '/notifications/{notification}',
    ids: { notification: 'notification' },
    summary: 'Mark a notification as read, or as unread again',
    tag: TAG,
    scope: 'tickets:write',
    body: z.object({ read: z.boolean() }),
    answer: null,
    status: 204,
  },
  async ({ ctx, path, body }) => {
    await markNotification(ctx, { id: path.notification!, read: body.read })
  },
)

const readAll = endpoint(
  {
    method: 'POST',
    path: '/notifications/read',
    summary: 'Mark all notifications as read, or all up to one',
    tag: TAG,
    scope: 'tickets:write',
    body: z.object({ upTo: idText('notification').optional() }),
    answer: z.object({ count: z.number().int() }),
    status: 200,
  },
  async ({ ctx, ids, body }) => ({ count: await markAllRead(ctx, body.upTo ? ids.read('notification', body.upTo) : null) }),
)

export const notificationEndpoints: readonly Endpoint[] = [list, change, readAll]
