import { sql } from 'kysely'
import { Temporal } from 'temporal-polyfill'
import { z } from 'zod'
import { agentActor } from '#access/actors.ts'
import { agentFacts } from '#access/agent-facts.ts'
import { sendingMailbox } from '#channels/mailboxes.ts'
import { queueOutbound } from '#channels/queue-outbound.ts'
import { actingAs, type Context } from '#core/context.ts'
import { forbidden } from '#core/errors.ts'
import { parseInput } from '#core/parse.ts'
import { transact } from '#core/transact.ts'
import { translatorFor } from '#i18n/messages.ts'
import { type AgentCard, findAgent } from '#people/directory.ts'
import { publicAddress, readSettings } from '#settings/settings.ts'
import { renderMail } from '#templates/render-mail.ts'
import { formatDue } from '#tickets/expected.ts'
import { visibleTickets } from '#tickets/ticket-access.ts'
import { listNotifications } from './inbox.ts'
import { mailCanLeave } from './mail-can-leave.ts'

/** So many lines of each part; the rest is counted. */
const LINES = 15
/** What lies further back than this belongs to no day's digest. */
const BACK_MS = 7 * 86_400_000

export const DigestInput = z.object({ isOn: z.boolean(), hour: z.number().int().min(0).max(23) })
export type DigestChoice = z.output<typeof DigestInput>

/** An agent's own choice. Errors: Forbidden. */
export async function readDigest(ctx: Context): Promise<DigestChoice> {
  if (ctx.actor.kind !== 'agent' || ctx.actor.id === null) throw forbidden()
  const row = await ctx.db
    .selectFrom('digest')
    .select(['is_on', 'at_hour'])
    .where('agent_id', '=', ctx.actor.id)
    .executeTakeFirst()
  return { isOn: row?.is_on ?? false, hour: row?.at_hour ?? 8 }
}

/** Chooses for oneself. Errors: Forbidden, Invalid. */
export async function saveDigest(ctx: Context, input: z.input<typeof DigestInput>): Promise<void> {
  if (ctx.actor.kind !== 'agent' || ctx.actor.id === null) throw forbidden()
  const given = parseInput(DigestInput, input)
  const set = { is_on: given.isOn, at_hour: given.hour }
  await ctx.db
    .insertInto('digest')
    .values({ agent_id: ctx.actor.id, ...set })
    .onConflict((conflict) => conflict.column('agent_id').doUpdateSet(set))
    .execute()
}

/** Pure: the agent's own date (ISO) when it is past the hour at which they want the digest, else null. Zone is an IANA name. */
export function digestDay(now: Date, timeZone: string, hour: number): string | null {
  const local = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timeZone)
  return local.hour >= hour ? local.toPlainDate().toString() : null
}

/**
 * Mails each agent who asked for it their digest, once a day of their own: what was not mailed and not read, and their open work. Run
 * by the scheduler as the system; a second run, on whatever node, finds the day taken. Returns how many were mailed.
 */
export async function sendDigests(ctx: Context): Promise<number> {
  if (!(await mailCanLeave(ctx))) return 0
  const settings = await readSettings(ctx)
  const rows = await ctx.db.selectFrom('digest').select(['agent_id', 'at_hour']).where('is_on', '=', true).execute()
  let sent = 0
  for (const row of rows) {
    const agent = await findAgent(ctx, row.agent_id)
    if (!agent || agent.isArchived || !agent.alertMail) continue
    if (agent.awayUntil !== null && agent.awayUntil > ctx.clock.now()) continue
    const day = digestDay(ctx.clock.now(), agent.timeZone ?? settings['desk.timeZone'], row.at_hour)
    if (day === null) continue
    try {
      if (await transact(ctx, (ctx) => sendOne(ctx, agent, day))) sent++
    } catch (error) {
      ctx.log.error({ err: error, agent: agent.id }, 'a digest could not be made')
    }
  }
  return sent
}

async function sendOne(ctx: Context, agent: AgentCard, day: string): Promise<boolean> {
  const now = ctx.clock.now()
  const { rows: taken } = await sql<{ before: Date | null }>`with old as (
      select agent_id, last_at from digest where agent_id = ${agent.id} and (last_on is null or last_on < ${day}::date) for update)
    update digest set last_on = ${day}::date, last_at = ${now} from old where digest.agent_id = old.agent_id
    returning old.last_at as before`.execute(ctx.db)
  if (taken.length === 0) return false
  const facts = await agentFacts(ctx, agent.id)
  if (!facts) return false
  // Their own gate decides what may be in it, not the desk's.
  const own = actingAs(ctx, agentActor(facts))
  const settings = await readSettings(ctx)
  const base = await publicAddress(ctx)
  const locale = agent.locale ?? settings['desk.locale']
  const timeZone = agent.timeZone ?? settings['desk.timeZone']
  const t = translatorFor(locale, timeZone)
  const since = taken[0]!.before ?? new Date(now.getTime() - 86_400_000)
  const told = await untold(own, since > new Date(now.getTime() - BACK_MS) ? since : new Date(now.getTime() - BACK_MS))
  const open = await openWork(own, agent.id)
  if (told.length === 0 && open.length === 0) return false
  const link = (number: string): string => `${base}/agent/tickets/${number}`
  const time = (at: Date): string => formatDue(at, now, timeZone, locale)
  const mail = await renderMail(ctx, 'digest', locale, {
    desk: { name: settings['desk.name'], url: base },
    agent: { name: agent.name },
    date: new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' }).format(
      new Date(`${day}T00:00:00Z`),
    ),
    told: told.slice(0, LINES).map((item) => {
      const key = `agent.inbox.kinds.${item.kind}`
      return {
        what: t.at(t.has(key) ? key : 'agent.inbox.kinds.other', { by: item.by || t('agent.inbox.desk') }),
        number: item.ticket!.number,
        subject: item.ticket!.subject,
        url: link(item.ticket!.number),
      }
    }),
    told_more: Math.max(0, told.length - LINES),
    open: open.slice(0, LINES).map((row) => ({
      number: row.number,
      subject: row.subject,
      requester: row.requester,
      url: link(row.number),
      waits: row.waitingSince ? time(row.waitingSince) : '',
      due: row.dueAt ? time(row.dueAt) : '',
    })),
    open_more: Math.max(0, open.length - LINES),
    inbox_url: `${base}/agent/inbox`,
    queue_url: `${base}/agent/queues/mine`,
  })
  const sender = await sendingMailbox(ctx, null)
  await queueOutbound(ctx, {
    mailbox: sender?.id ?? null,
    kind: 'notice',
    sendsAt: now,
    content: {
      from: { name: settings['desk.name'], address: sender?.address ?? `noreply@${new URL(base).hostname}` },
      replyTo: null,
      to: [{ name: agent.name, address: agent.email }],
      cc: [],
      subject: mail.subject,
      inReplyTo: null,
      references: [],
      text: mail.text,
      html: mail.html,
      files: [],
      automatic: 'auto-generated',
    },
  })
  return true
}

/** What the agent was told of since then in the workspace alone, has not read, and may still see. */
async function untold(own: Context, since: Date) {
  const { rows } = await listNotifications(own, { unreadOnly: true, notMailedSince: since, limit: 200 })
  return rows.filter((row) => row.ticket !== null)
}

const openWork = (own: Context, agent: number) =>
  own.db
    .selectFrom('ticket')
    .innerJoin('end_user', 'end_user.id', 'ticket.requester_id')
    .select([
      'ticket.number',
      'ticket.subject',
      'end_user.name as requester',
      'ticket.waiting_since as waitingSince',
      'ticket.due_at as dueAt',
    ])
    .where('ticket.assignee_id', '=', agent)
    .where('ticket.state', '=', 'open')
    .where('ticket.place', '=', 'desk')
    .where((eb) => visibleTickets(own.actor)(eb as never))
    .orderBy('ticket.waiting_since', (order) => order.asc().nullsLast())
    .orderBy('ticket.id')
    .limit(200)
    .execute()
