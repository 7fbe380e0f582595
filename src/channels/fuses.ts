import { sql } from 'kysely'
import { addSeconds } from '#core/clock.ts'
import type { Context } from '#core/context.ts'
import { forbidden, notFound } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { transact } from '#core/transact.ts'
import { readSettings } from '#settings/settings.ts'
import { loopStopped, loopStoppedReset } from './channel-events.ts'
import { organizationalDomain } from './email/organizational-domain.ts'

/** What is counted: mail of one sender with one subject, of one sender, of one organization. */
export type FuseKind = 'subject' | 'sender' | 'domain'

export interface Fuse {
  id: number
  kind: FuseKind
  value: string
  /** Mails within the hour in which it blew, or since. */
  count: number
  blownAt: Date
  lastAt: Date
}

/** Both the time in which mails are counted, and the quiet after which a blown fuse heals by itself. */
const WINDOW_SECONDS = 3600

/**
 * The subject without what answering adds to it, so that each round of a loop counts as the same: prefixes and ticket numbers go, everything
 * else stays. Pure.
 */
export function subjectOfLoop(subject: string): string {
  let rest = subject.slice(0, 300).toLowerCase()
  for (let round = 0; round < 10; round++) {
    const shorter = rest
      .replace(
        /^\s*(\[[^\]]{0,40}\]\s*|(?:re|aw|sv|antw|vs|odp|rif|res|fwd?|wg|tr|auto(?:matic reply)?)\s*(?:\[\d+\])?\s*:\s*)/,
        '',
      )
      .replace(/\s*\[#[^\]]{1,40}\]\s*$/, '')
    if (shorter === rest) break
    rest = shorter
  }
  return rest.replace(/\s+/g, ' ').trim().slice(0, 100)
}

/**
 * Counts a mail and says whether a loop is likely: more of one sender with one subject, of one sender or of one domain within an hour than the settings allow
 * (0: any number). The fuse that blows tells administrators once, and heals after an hour without mail or by "Reset". Outside any transaction, so
 * that no mail waits for another's.
 */
export async function countForLoops(ctx: Context, mail: { sender: string; subject: string }): Promise<boolean> {
  if (ctx.tx) throw new Error('countForLoops() counts by itself: not inside a transaction')
  const settings = await readSettings(ctx)
  const limits: Record<FuseKind, number> = {
    subject: settings['loops.perSubjectPerHour'],
    sender: settings['loops.perSenderPerHour'],
    domain: settings['loops.perDomainPerHour'],
  }
  const sender = mail.sender.trim().toLowerCase().slice(0, 254)
  const domain = sender.slice(sender.lastIndexOf('@') + 1)
  const values: Record<FuseKind, string> = {
    subject: `${sender} ${subjectOfLoop(mail.subject)}`.trim(),
    sender,
    domain: organizationalDomain(domain) ?? domain,
  }
  // Always in this order, so that two mails never wait for each other.
  const kinds = (['subject', 'sender', 'domain'] as const).filter((kind) => limits[kind] > 0)
  if (kinds.length === 0) return false
  const now = ctx.clock.now()
  const ago = addSeconds(now, -WINDOW_SECONDS)
  const rows = sql.join(kinds.map((kind) => sql`(${kind}, ${values[kind]}, ${now}::timestamptz, 1, ${now}::timestamptz)`))
  const { rows: counted } = await sql<{
    id: number
    kind: FuseKind
    count: number
    blown: boolean
  }>`insert into mail_fuse as f (kind, value, window_started_at, count, last_at) values ${rows}
    on conflict (kind, value) do update set
      count = case when f.window_started_at <= ${ago} then 1 else f.count + 1 end,
      window_started_at = case when f.window_started_at <= ${ago} then ${now} else f.window_started_at end,
      blown_at = case when f.last_at <= ${ago} then null else f.blown_at end,
      last_at = ${now}
    returning id, kind, count, blown_at is not null as blown`.execute(ctx.db)
  let stopped = false
  for (const fuse of counted) {
    if (fuse.blown) stopped = true
    else if (fuse.count > limits[fuse.kind]) {
      stopped = true
      await blow(ctx, fuse.id, { kind: fuse.kind, count: fuse.count })
    }
  }
  return stopped
}

async function blow(ctx: Context, id: number, data: { kind: FuseKind; count: number }): Promise<void> {
  await transact(ctx, async (ctx) => {
    const row = await ctx.db
      .updateTable('mail_fuse')
      .set({ blown_at: ctx.clock.now() })
      .where('id', '=', id)
      .where('blown_at', 'is', null)
      .returning('value')
      .executeTakeFirst()
    if (row)
      await emit(
        ctx,
        loopStopped({ subject: { kind: 'fuse', id }, data, facts: { internal: true }, personal: { value: row.value } }),
      )
  })
}

/** Senders whose mail is stopped now, newest first. Errors: Forbidden. */
export async function listFuses(ctx: Context): Promise<Fuse[]> {
  if (!ctx.actor.administrator) throw forbidden()
  return blownFuses(ctx)
}

/** The same for the system's own use. */
export async function blownFuses(ctx: Context): Promise<Fuse[]> {
  const rows = await ctx.db
    .selectFrom('mail_fuse')
    .select(['id', 'kind', 'value', 'count', 'blown_at', 'last_at'])
    .where('blown_at', 'is not', null)
    .where('last_at', '>', addSeconds(ctx.clock.now(), -WINDOW_SECONDS))
    .orderBy('blown_at', 'desc')
    .limit(200)
    .execute()
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind as FuseKind,
    value: row.value,
    count: row.count,
    blownAt: row.blown_at!,
    lastAt: row.last_at,
  }))
}

/** Takes mail of a stopped sender again, counting from nothing. What was suspended stays there. Errors: Forbidden, NotFound. */
export async function resetFuse(ctx: Context, id: number): Promise<void> {
  if (!ctx.actor.administrator) throw forbidden()
  await transact(ctx, async (ctx) => {
    const row = await ctx.db
      .updateTable('mail_fuse')
      .set({ blown_at: null, count: 0, window_started_at: ctx.clock.now() })
      .where('id', '=', id)
      .where('blown_at', 'is not', null)
      .returning('value')
      .executeTakeFirst()
    if (!row) throw notFound()
    await emit(
      ctx,
      loopStoppedReset({ subject: { kind: 'fuse', id }, data: {}, facts: { internal: true }, personal: { value: row.value } }),
    )
  })
}

/** Forgets counts of senders who have been quiet for a day. Run by the scheduler. */
export async function sweepFuses(ctx: Context): Promise<void> {
  await ctx.db.deleteFrom('mail_fuse').where('last_at', '<', addSeconds(ctx.clock.now(), -86_400)).execute()
}
