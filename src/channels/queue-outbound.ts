import { sql } from 'kysely'
import type { Context } from '#core/context.ts'
import { invalid } from '#core/errors.ts'
import { defineJob } from '#core/jobs.ts'
import { signMessageId } from './email/signed-address.ts'
import { mailKey, ticketMarker } from './mail-keys.ts'
import type { OutboundContent, OutboundKind, StoredContent } from './outbound-message.ts'

export type { OutboundContent, OutboundFile, OutboundKind } from './outbound-message.ts'

/** Sends one stored message. `deliver` keeps its own schedule of attempts; the worker's only repeats what the database refused. */
export const deliverMessage = defineJob<{ message: number }>('deliver-message', { maxAttempts: 25, priority: -1 })

export interface QueueOutbound {
  /** null: the desk's default sending server. */
  mailbox: number | null
  kind: OutboundKind
  ticket?: number | null
  entry?: number | null
  /** Not before this time; until then it can be withdrawn. */
  sendsAt: Date
  content: OutboundContent
}

/**
 * Stores a final message and its job in the caller's transaction, in one statement. The Message-ID (without angle brackets) is
 * signed for the ticket and entry. Errors: Invalid when nobody is addressed.
 */
export async function queueOutbound(ctx: Context, message: QueueOutbound): Promise<{ id: number; messageId: string }> {
  const { content } = message
  const recipient = (content.to[0] ?? content.cc[0] ?? content.bcc?.[0])?.address.toLowerCase()
  if (!recipient) throw invalid('/to', 'noRecipient')
  const domain = content.from.address.split('@').at(-1) || 'tessera.invalid'
  const messageId = signMessageId(mailKey(ctx), {
    ticket: message.ticket ?? 0,
    entry: message.entry ?? 0,
    random: ctx.random.bytes(10).toString('hex'),
    domain,
  })
  const stored: StoredContent = {
    ...(message.ticket ? marked(content, ticketMarker(ctx, message.ticket)) : content),
    date: message.sendsAt.toISOString(),
    boundary: ctx.random.bytes(12).toString('hex'),
  }
  const { rows } = await sql<{ id: number }>`with m as (
      insert into outbound_message (channel, mailbox_id, kind, ticket_id, entry_id, message_id, content, recipient, state, sends_at, created_at)
      values ('email', ${message.mailbox}, ${message.kind}, ${message.ticket ?? null}, ${message.entry ?? null}, ${messageId},
        ${JSON.stringify(stored)}::jsonb, ${recipient}, 'waiting', ${message.sendsAt}, ${ctx.clock.now()})
      returning id)
    select m.id, graphile_worker.add_job(${deliverMessage.job}, payload => json_build_object('message', m.id), run_at => ${message.sendsAt},
      max_attempts => ${deliverMessage.maxAttempts}, job_key => 'deliver:' || m.id, priority => ${deliverMessage.priority}) is null as added
    from m`.execute(ctx.db)
  return { id: rows[0]!.id, messageId }
}

/** The marker at the end of both bodies: seen in the text, out of sight in the HTML, kept by what quotes them. */
function marked(content: OutboundContent, marker: string): OutboundContent {
  const hidden = `<div style="display:none;max-height:0;overflow:hidden">${marker}</div>`
  const end = content.html?.lastIndexOf('</body>') ?? -1
  return {
    ...content,
    text: `${content.text.trimEnd()}\n\n${marker}\n`,
    html:
      content.html === null
        ? null
        : end < 0
          ? content.html + hidden
          : content.html.slice(0, end) + hidden + content.html.slice(end),
  }
}

/**
 * Takes back the messages of an entry that have not begun to leave. Returns how many were taken back and how many had left or
 * were leaving; a caller that finds `gone` above zero refuses and rolls back.
 */
export async function withdrawOutbound(ctx: Context, entry: number): Promise<{ withdrawn: number; gone: number }> {
  const { rows } = await sql<{ withdrawn: number; total: number }>`with w as (
      update outbound_message set state = 'withdrawn', lease_until = null
        where entry_id = ${entry} and state in ('waiting', 'held') and remaining is null returning id),
    j as (select graphile_worker.remove_job('deliver:' || w.id) is null as removed from w)
    select (select count(*) from j) as withdrawn,
      (select count(*) from outbound_message where entry_id = ${entry} and state <> 'withdrawn') as total`.execute(ctx.db)
  const { withdrawn, total } = rows[0]!
  // Both parts of the statement see the rows as they were before it.
  return { withdrawn, gone: total - withdrawn }
}

/**
 * Lets the messages of an entry leave now instead of at their time; what was tried already keeps its octets. Returns how many it
 * hastened.
 */
export async function hastenOutbound(ctx: Context, entry: number): Promise<number> {
  const now = ctx.clock.now()
  const { rows } = await sql`with m as (
      update outbound_message set sends_at = ${now}, content = jsonb_set(content, '{date}', to_jsonb(${now.toISOString()}::text))
      where entry_id = ${entry} and state = 'waiting' and attempts = 0 and sends_at > ${now} returning id)
    select m.id, graphile_worker.add_job(${deliverMessage.job}, payload => json_build_object('message', m.id), run_at => ${now},
      max_attempts => ${deliverMessage.maxAttempts}, job_key => 'deliver:' || m.id, priority => ${deliverMessage.priority}) is null as added
    from m`.execute(ctx.db)
  return rows.length
}

/** Times at which messages of a kind were queued for an address since `since`, newest first: for limits on automatic mail. */
export async function recentOutbound(
  ctx: Context,
  input: { recipient: string; kind: OutboundKind; since: Date },
): Promise<Date[]> {
  const rows = await ctx.db
    .selectFrom('outbound_message')
    .select('created_at')
    .where('recipient', '=', input.recipient.toLowerCase())
    .where('kind', '=', input.kind)
    .where('created_at', '>=', input.since)
    .where('state', '<>', 'withdrawn')
    .orderBy('created_at', 'desc')
    .limit(100)
    .execute()
  return rows.map((row) => row.created_at)
}
