import { sql } from 'kysely'
import { type Actor, anonymousActor } from '#core/actor.ts'
import { addSeconds } from '#core/clock.ts'
import type { Context } from '#core/context.ts'
import { hashToken } from '#core/signing.ts'
import { type AgentFacts, agentActor, endUserActor, guestActor } from './actors.ts'
import { agentFactsSql } from './agent-facts.ts'

/** A browser's session. The token is only in its cookie; the database keeps the hash. */
export interface Session {
  id: number
  agentId: number | null
  endUserId: number | null
  grants: Grant[]
  actor: Actor
  /** Changes with the session, so that a form of an older one is refused. */
  csrf: string
  expiresAt: Date
  /** The person's own, or null. */
  locale: string | null
  timeZone: string | null
}

/** A ticket that a link opened here, and the person the link was made for. */
export interface Grant {
  ticket: number
  endUser: number
  /** The link, so that revoking it ends the grant. */
  token: number
  /** Follows from a merge and is never stored. */
  byMerge?: boolean
}

export const AGENT_SESSION_SECONDS = 14 * 24 * 3600
export const END_USER_SESSION_SECONDS = 30 * 24 * 3600
/** `last_used_at` moves at most this often, so that reading a page writes nothing. */
const TOUCH_SECONDS = 600

export const csrfOf = (ctx: Context, tokenHash: string): string => ctx.site.keys.sign('csrf', tokenHash, 24)

/** Starts a session and returns its token for the cookie. Sign-in always starts a fresh one, so that a planted session is worth nothing. */
export async function startSession(
  ctx: Context,
  who: { agent?: number; endUser?: number; grants?: Grant[] },
): Promise<{ token: string; csrf: string; expiresAt: Date }> {
  const token = ctx.random.bytes(32).toString('base64url')
  const now = ctx.clock.now()
  const expiresAt = addSeconds(now, who.agent ? AGENT_SESSION_SECONDS : END_USER_SESSION_SECONDS)
  await ctx.db
    .insertInto('session')
    .values({
      token_hash: hashToken(token),
      agent_id: who.agent ?? null,
      end_user_id: who.endUser ?? null,
      grants: JSON.stringify(who.grants ?? []),
      created_at: now,
      last_used_at: now,
      expires_at: expiresAt,
      address: ctx.request?.address ?? '',
      user_agent: ctx.request?.userAgent?.slice(0, 300) ?? '',
    })
    .execute()
  return { token, csrf: csrfOf(ctx, hashToken(token)), expiresAt }
}

/** Who a cookie's token is, in one query; null when it is unknown, expired, or its person is gone. */
export async function readSession(ctx: Context, token: string): Promise<Session | null> {
  if (token.length < 20 || token.length > 100) return null
  const now = ctx.clock.now()
  const hash = hashToken(token)
  const row = await ctx.db
    .selectFrom('session')
    .leftJoin('agent', (join) => join.onRef('agent.id', '=', 'session.agent_id').on('agent.archived_at', 'is', null))
    .leftJoin('end_user', (join) => join.onRef('end_user.id', '=', 'session.end_user_id').on('end_user.blocked_at', 'is', null))
    .select([
      'session.id',
      'session.agent_id',
      'session.end_user_id',
      'session.grants',
      'session.last_used_at',
      'session.expires_at',
    ])
    .select(sql<AgentFacts | null>`case when agent.id is not null then ${agentFactsSql} end`.as('agent'))
    .select([
      'end_user.name as user_name',
      'end_user.address as user_address',
      'end_user.locale as user_locale',
      'end_user.time_zone as user_zone',
    ])
    .where('session.token_hash', '=', hash)
    .where('session.expires_at', '>', now)
    .executeTakeFirst()
  if (!row) return null
  if (row.agent_id !== null && !row.agent) return null
  if (row.end_user_id !== null && row.user_name === null) return null
  let grants = row.grants as Grant[]
  let person: { id: number; name: string; address: string } | null = null
  if (grants.length > 0) {
    const live = await ctx.db
      .selectFrom('one_time_token')
      .innerJoin('end_user', 'end_user.id', 'one_time_token.end_user_id')
      .select(['one_time_token.id', 'end_user.id as user_id', 'end_user.name', 'end_user.address'])
      .where(
        'one_time_token.id',
        'in',
        grants.map((grant) => grant.token),
      )
      .where('one_time_token.revoked_at', 'is', null)
      .where('one_time_token.expires_at', '>', now)
      .execute()
    grants = grants.filter((grant) => live.some((token) => token.id === grant.token))
    const last = live.find((token) => token.id === grants.at(-1)?.token)
    if (last) person = { id: last.user_id, name: last.name, address: last.address }
    grants = [...grants, ...(await grantsByMerge(ctx, grants))]
  }
  if (now.getTime() - row.last_used_at.getTime() > TOUCH_SECONDS * 1000) {
    await ctx.db.updateTable('session').set({ last_used_at: now }).where('id', '=', row.id).execute()
  }
  const actor = row.agent
    ? agentActor(row.agent)
    : row.end_user_id !== null
      ? endUserActor(
          { id: row.end_user_id, name: row.user_name!, address: row.user_address! },
          grants.map((grant) => grant.ticket),
        )
      : grants.length > 0
        ? guestActor(grants, person)
        : anonymousActor
  return {
    id: row.id,
    agentId: row.agent_id,
    endUserId: row.end_user_id,
    grants,
    actor,
    csrf: csrfOf(ctx, hash),
    expiresAt: row.expires_at,
    locale: row.agent?.locale ?? row.user_locale,
    timeZone: row.agent?.timeZone ?? row.user_zone,
  }
}

/**
 * A ticket that was merged lives on in another. Its link opens that one for a person who is on copy of it or asked for it: asked anew
 * each time, so that it ends with the merge or with being on copy.
 */
async function grantsByMerge(ctx: Context, grants: readonly Grant[]): Promise<Grant[]> {
  const { rows } = await sql<{ ticket: number; end_user: number; token: number }>`with recursive up as (
      select s.merged_into_id as id, held.end_user, held.token
      from unnest(${grants.map((one) => one.ticket)}::bigint[], ${grants.map((one) => one.endUser)}::bigint[],
        ${grants.map((one) => one.token)}::bigint[]) as held (ticket, end_user, token)
        join ticket s on s.id = held.ticket where s.merged_into_id is not null
      union all select t.merged_into_id, up.end_user, up.token from up join ticket t on t.id = up.id where t.merged_into_id is not null
    )
    select t.id as ticket, up.end_user, up.token from up join ticket t on t.id = up.id
    where t.merged_into_id is null and (t.requester_id = up.end_user or exists (select from collaborator c
      where c.thread_id = t.thread_id and c.end_user_id = up.end_user and c.pending_at is null))`.execute(ctx.db)
  const held = new Set(grants.map((one) => one.ticket))
  return rows
    .map((row) => ({ ticket: Number(row.ticket), endUser: Number(row.end_user), token: Number(row.token), byMerge: true }))
    .filter((one) => !held.has(one.ticket))
}

/** Remembers that a link opened a ticket in this browser. */
export async function grantTicket(ctx: Context, session: Session, grant: Grant): Promise<void> {
  const grants = [...session.grants.filter((held) => !held.byMerge && held.ticket !== grant.ticket), grant].slice(-20)
  await ctx.db
    .updateTable('session')
    .set({ grants: JSON.stringify(grants) })
    .where('id', '=', session.id)
    .execute()
}

export async function endSession(ctx: Context, token: string): Promise<void> {
  await ctx.db.deleteFrom('session').where('token_hash', '=', hashToken(token)).execute()
}

export async function endSessionById(ctx: Context, id: number, owner: { agent?: number; endUser?: number }): Promise<void> {
  await ctx.db
    .deleteFrom('session')
    .where('id', '=', id)
    .$if(owner.agent !== undefined, (query) => query.where('agent_id', '=', owner.agent!))
    .$if(owner.endUser !== undefined, (query) => query.where('end_user_id', '=', owner.endUser!))
    .execute()
}

/** Ends every session of a person, but one when told: after a password change, a role change, an archive. */
export async function endSessionsOf(ctx: Context, who: { agent?: number; endUser?: number }, except?: number): Promise<void> {
  if (who.agent === undefined && who.endUser === undefined) return
  await ctx.db
    .deleteFrom('session')
    .$if(who.agent !== undefined, (query) => query.where('agent_id', '=', who.agent!))
    .$if(who.endUser !== undefined, (query) => query.where('end_user_id', '=', who.endUser!))
    .$if(except !== undefined, (query) => query.where('id', '<>', except!))
    .execute()
}

export async function sessionsOf(
  ctx: Context,
  who: { agent?: number; endUser?: number },
): Promise<Array<{ id: number; createdAt: Date; lastUsedAt: Date; address: string; userAgent: string }>> {
  const rows = await ctx.db
    .selectFrom('session')
    .select(['id', 'created_at', 'last_used_at', 'address', 'user_agent'])
    .where('expires_at', '>', ctx.clock.now())
    .$if(who.agent !== undefined, (query) => query.where('agent_id', '=', who.agent!))
    .$if(who.endUser !== undefined, (query) => query.where('end_user_id', '=', who.endUser!))
    .$if(who.agent === undefined && who.endUser === undefined, (query) => query.where('id', '=', -1))
    .orderBy('last_used_at', 'desc')
    .execute()
  return rows.map((row) => ({
    id: row.id,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    address: row.address,
    userAgent: row.user_agent,
  }))
}
