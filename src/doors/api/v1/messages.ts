import { z } from 'zod'
import { type OutboundLogRow, outboundLog, retryOutbound } from '#channels/mail-log.ts'
import { resendOutbound, showOutbound } from '#channels/outbound-log.ts'
import { outboundKinds, outboundStates } from '#channels/outbound-message.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { idText, type PublicIds } from '../public-id.ts'
import { pageOf } from './shapes.ts'

const TAG = 'Messages'
const scope = 'admin' as const
const time = z.iso.datetime()
const Address = z.object({ name: z.string(), address: z.string() })

const MessageRow = z.object({
  id: idText('message'),
  kind: z.enum(outboundKinds),
  state: z.enum(outboundStates),
  to: z.string().describe('The first recipient'),
  subject: z.string(),
  ticket: z.string().nullable().describe('Number of the ticket'),
  attempts: z.number().int(),
  failure: z.string().nullable(),
  createdAt: time,
  sendsAt: time,
  sentAt: time.nullable(),
})

const MessageShape = MessageRow.omit({ to: true }).extend({
  from: Address,
  replyTo: Address.nullable(),
  to: z.array(Address),
  cc: z.array(Address),
  mailbox: z.string().nullable(),
  messageId: z.string(),
  response: z.string().nullable().describe('The words of the server that took it'),
  lastError: z.string().nullable(),
  refused: z.array(z.string()),
  files: z.array(z.string()),
  tries: z.array(z.object({ at: time, state: z.string(), failure: z.string().nullable(), answer: z.string().nullable() })),
  resendOf: idText('message').nullable(),
  resentAs: z.array(idText('message')),
})

const rowOf = (ids: PublicIds, row: OutboundLogRow): z.output<typeof MessageRow> => ({
  id: ids.write('message', row.id),
  kind: row.kind,
  state: row.state,
  to: row.to,
  subject: row.subject,
  ticket: row.ticket,
  attempts: row.attempts,
  failure: row.failure,
  createdAt: row.createdAt.toISOString(),
  sendsAt: row.sendsAt.toISOString(),
  sentAt: row.sentAt?.toISOString() ?? null,
})

const list = endpoint(
  {
    method: 'GET',
    path: '/messages',
    summary: 'Outgoing mail and what became of it, newest first (administrators)',
    tag: TAG,
    scope,
    query: z.object({
      q: z.string().max(200).optional().describe('Part of a recipient or subject, or the number of a ticket'),
      state: z.enum(outboundStates).optional(),
      from: z.iso.datetime({ offset: true }).optional(),
      to: z.iso.datetime({ offset: true }).optional(),
      cursor: z.string().max(500).optional(),
    }),
    answer: pageOf(MessageRow),
  },
  async ({ ctx, ids, query }) => {
    const page = await outboundLog(ctx, {
      q: query.q ?? null,
      state: query.state ?? null,
      from: query.from ? new Date(query.from) : null,
      to: query.to ? new Date(query.to) : null,
      cursor: query.cursor ?? null,
    })
    return { data: page.rows.map((row) => rowOf(ids, row)), next: page.next }
  },
)

const about = { path: '/messages/{message}', ids: { message: 'message' }, tag: TAG, scope } as const

const show = endpoint(
  { ...about, method: 'GET', summary: 'One outgoing mail with its tries', answer: MessageShape },
  async ({ ctx, ids, path }) => {
    const found = await showOutbound(ctx, path.message!)
    return {
      id: ids.write('message', found.id),
      kind: found.kind,
      state: found.state,
      from: found.from,
      replyTo: found.replyTo,
      to: found.to,
      cc: found.cc,
      subject: found.subject,
      ticket: found.ticket,
      mailbox: found.mailbox,
      messageId: found.messageId,
      attempts: found.attempts,
      failure: found.failure,
      lastError: found.lastError,
      response: found.response,
      refused: found.refused,
      files: found.files,
      tries: found.tries.map((one) => ({ ...one, at: one.at.toISOString() })),
      resendOf: found.resendOf === null ? null : ids.write('message', found.resendOf),
      resentAs: found.resentAs.map((id) => ids.write('message', id)),
      createdAt: found.createdAt.toISOString(),
      sendsAt: found.sendsAt.toISOString(),
      sentAt: found.sentAt?.toISOString() ?? null,
    }
  },
)

const retry = endpoint(
  {
    ...about,
    method: 'POST',
    path: '/messages/{message}/retry',
    summary: 'Try a message that waits, is held or failed now, with the same octets',
    answer: z.object({ id: idText('message') }),
  },
  async ({ ctx, ids, path }) => {
    await retryOutbound(ctx, path.message!)
    return { id: ids.write('message', path.message!) }
  },
)

const resend = endpoint(
  {
    ...about,
    method: 'POST',
    path: '/messages/{message}/resend',
    summary: 'Send a message that left or failed once more, as a new one',
    answer: z.object({ id: idText('message') }),
  },
  async ({ ctx, ids, path }) => ({ id: ids.write('message', (await resendOutbound(ctx, path.message!)).id) }),
)

export const messageEndpoints: readonly Endpoint[] = [list, show, retry, resend]
