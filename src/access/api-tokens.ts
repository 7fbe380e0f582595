import { sql } from 'kysely'
import { z } from 'zod'
import type { Actor } from '#core/actor.ts'
import { addSeconds } from '#core/clock.ts'
import type { Context } from '#core/context.ts'
import { forbidden, invalid, notFound } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { hashToken } from '#core/signing.ts'
import { transact } from '#core/transact.ts'
import { tokenCreated, tokenRevoked } from './access-events.ts'
import { type AgentFacts, tokenActor } from './actors.ts'
import { agentFacts, agentFactsSql } from './agent-facts.ts'
import { tokenScopes } from './permissions.ts'

/** What a key of osTicket's own calls may do: its two check boxes. */
export const osticketScopes = ['tickets:create', 'cron:run'] as const
export type OsticketScope = (typeof osticketScopes)[number]

/** `last_used_at` moves at most this often, so that a call writes nothing for it. */
const TOUCH_SECONDS = 600

export const RestTokenInput = z.object({
  name: z.string().trim().min(1).max(80),
  /** The agent as whom it acts, with that agent's rights at the time of each call. */
  agent: z.number().int(),
  scopes: z.array(z.enum(tokenScopes)).min(1),
  expiresAt: z.date().nullable().default(null),
})

/**
 * Makes a token of the REST API. Its text is returned once and stored only as a hash. An agent makes their own, an administrator
 * anybody's. Errors: Forbidden, Invalid at /agent.
 */
export async function createRestToken(
  ctx: Context,
  input: z.input<typeof RestTokenInput>,
): Promise<{ id: number; token: string }> {
  const given = RestTokenInput.parse(input)
  if (!ctx.actor.administrator && !(ctx.actor.kind === 'agent' && ctx.actor.id === given.agent)) throw forbidden()
  const token = `tess_${ctx.random.bytes(32).toString('base64url')}`
  return transact(ctx, async (ctx) => {
    if (!(await agentFacts(ctx, given.agent))) throw invalid('/agent', 'unknownChoice')
    const id = await insertToken(ctx, {
      hash: hashToken(token),
      kind: 'rest',
      name: given.name,
      agent: given.agent,
      scopes: given.scopes,
      address: null,
      enabled: true,
      expiresAt: given.expiresAt,
    })
    return { id, token }
  })
}

export const OsticketKeyInput = z.object({
  name: z.string().trim().min(1).max(80),
  /** The key itself when it comes along from elsewhere; made when left out: 32 upper-case hex digits. */
  key: z.string().trim().min(8).max(100).optional(),
  /** The one address that calls may come from; null for any. */
  allowedAddress: z.string().trim().max(64).nullable().default(null),
  mayCreateTickets: z.boolean().default(true),
  mayRunCron: z.boolean().default(false),
  enabled: z.boolean().default(true),
})

/** Makes a key of osTicket's own calls. Its text is returned once. Errors: Forbidden, Invalid at /key (there is one already). */
export async function createOsticketKey(
  ctx: Context,
  input: z.input<typeof OsticketKeyInput>,
): Promise<{ id: number; key: string }> {
  if (!ctx.actor.administrator) throw forbidden()
  const given = OsticketKeyInput.parse(input)
  const key = given.key ?? ctx.random.bytes(16).toString('hex').toUpperCase()
  const scopes = [...(given.mayCreateTickets ? ['tickets:create'] : []), ...(given.mayRunCron ? ['cron:run'] : [])]
  return transact(ctx, async (ctx) => {
    const id = await insertToken(ctx, {
      hash: hashToken(key),
      kind: 'osticket',
      name: given.name,
      agent: null,
      scopes,
      address: given.allowedAddress || null,
      enabled: given.enabled,
      expiresAt: null,
    })
    return { id, key }
  })
}

async function insertToken(
  ctx: Context,
  row: {
    hash: string
    kind: 'rest' | 'osticket'
    name: string
    agent: number | null
    scopes: readonly string[]
    address: string | null
    enabled: boolean
    expiresAt: Date | null
  },
): Promise<number> {
  const made = await ctx.db
    .insertInto('api_token')
    .values({
      token_hash: row.hash,
      kind: row.kind,
      name: row.name,
      agent_id: row.agent,
      scopes: [...row.scopes],
      allowed_address: row.address,
      is_enabled: row.enabled,
      created_at: ctx.clock.now(),
      expires_at: row.expiresAt,
    })
    .onConflict((conflict) => conflict.column('token_hash').doNothing())
    .returning('id')
    .executeTakeFirst()
  if (!made) throw invalid('/key', 'nameTaken')
  await emit(
    ctx,
    tokenCreated({
      subject: { kind: 'api_token', id: made.id },
      data: { kind: row.kind, scopes: [...row.scopes] },
      facts: { internal: true },
    }),
  )
  return made.id
}

/** Takes a token's power for good. Errors: NotFound (also for somebody else's, for an agent). */
export async function revokeApiToken(ctx: Context, id: number): Promise<void> {
  await transact(ctx, async (ctx) => {
    const row = await ctx.db
      .updateTable('api_token')
      .set({ revoked_at: ctx.clock.now(), is_enabled: false })
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .where(ownOrAll(ctx.actor))
      .returning('id')
      .executeTakeFirst()
    if (!row) throw notFound()
    await emit(ctx, tokenRevoked({ subject: { kind: 'api_token', id }, data: {}, facts: { internal: true } }))
  })
}

/** Switches a token off and on again. Errors: NotFound. */
export async function enableApiToken(ctx: Context, id: number, enabled: boolean): Promise<void> {
  const row = await ctx.db
    .updateTable('api_token')
    .set({ is_enabled: enabled })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .where(ownOrAll(ctx.actor))
    .returning('id')
    .executeTakeFirst()
  if (!row) throw notFound()
}

export interface ApiTokenCard {
  id: number
  kind: 'rest' | 'osticket'
  name: string
  agentId: number | null
  scopes: string[]
  allowedAddress: string | null
  isEnabled: boolean
  createdAt: Date
  lastUsedAt: Date | null
  expiresAt: Date | null
}

/** Tokens that were not revoked: an agent's own, an administrator's all. Never their text. */
export async function listApiTokens(ctx: Context): Promise<ApiTokenCard[]> {
  return ctx.db
    .selectFrom('api_token')
    .select([
      'id',
      'kind',
      'name',
      'agent_id as agentId',
      'scopes',
      'allowed_address as allowedAddress',
      'is_enabled as isEnabled',
      'created_at as createdAt',
      'last_used_at as lastUsedAt',
      'expires_at as expiresAt',
    ])
    .where('revoked_at', 'is', null)
    .where(ownOrAll(ctx.actor))
    .orderBy('id')
    .execute()
}

const ownOrAll = (actor: Actor) =>
  actor.administrator
    ? sql<boolean>`true`
    : actor.kind === 'agent'
      ? sql<boolean>`api_token.agent_id = ${actor.id}`
      : sql<boolean>`false`

export interface RestToken {
  id: number
  scopes: readonly string[]
  actor: Actor
  locale: string | null
}

/** Who a bearer token acts as, in one query; null when it is unknown, off, expired, or its agent is gone. */
export async function readRestToken(ctx: Context, token: string): Promise<RestToken | null> {
  if (!/^tess_[\w-]{20,100}$/.test(token)) return null
  const now = ctx.clock.now()
  const row = await ctx.db
    .selectFrom('api_token')
    .innerJoin('agent', 'agent.id', 'api_token.agent_id')
    .select(['api_token.id', 'api_token.scopes', 'api_token.last_used_at', 'api_token.allowed_address'])
    .select(sql<AgentFacts>`${agentFactsSql}`.as('facts'))
    .where('api_token.token_hash', '=', hashToken(token))
    .where('api_token.kind', '=', 'rest')
    .where('api_token.is_enabled', '=', true)
    .where('api_token.revoked_at', 'is', null)
    .where('agent.archived_at', 'is', null)
    .where((eb) => eb.or([eb('api_token.expires_at', 'is', null), eb('api_token.expires_at', '>', now)]))
    .executeTakeFirst()
  if (!row) return null
  if (row.allowed_address !== null && row.allowed_address !== ctx.request?.address) return null
  await touch(ctx, row.id, row.last_used_at)
  return { id: row.id, scopes: row.scopes, actor: tokenActor(row.facts, row.scopes), locale: row.facts.locale ?? null }
}

export interface OsticketKey {
  id: number
  isEnabled: boolean
  scopes: readonly string[]
}

/** The key of one of osTicket's calls, when the call comes from the address it is bound to; switched off ones are told as such. */
export async function readOsticketKey(ctx: Context, key: string): Promise<OsticketKey | null> {
  if (key.length < 8 || key.length > 100) return null
  const row = await ctx.db
    .selectFrom('api_token')
    .select(['id', 'scopes', 'is_enabled', 'last_used_at', 'allowed_address'])
    .where('token_hash', '=', hashToken(key))
    .where('kind', '=', 'osticket')
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  if (!row || (row.allowed_address !== null && row.allowed_address !== ctx.request?.address)) return null
  if (row.is_enabled) await touch(ctx, row.id, row.last_used_at)
  return { id: row.id, isEnabled: row.is_enabled, scopes: row.scopes }
}

async function touch(ctx: Context, id: number, last: Date | null): Promise<void> {
  const now = ctx.clock.now()
  if (last && last > addSeconds(now, -TOUCH_SECONDS)) return
  await ctx.db.updateTable('api_token').set({ last_used_at: now }).where('id', '=', id).execute()
}
