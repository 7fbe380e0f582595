import { addSeconds } from '#core/clock.ts'
import type { Context } from '#core/context.ts'
import { hashToken } from '#core/signing.ts'

export type TokenPurpose = 'setup' | 'invite' | 'reset' | 'sign-in' | 'confirm' | 'ticket'

/** How long each is good for, in seconds. */
const LIFETIME: Record<TokenPurpose, number> = {
  setup: 7 * 24 * 3600,
  invite: 7 * 24 * 3600,
  reset: 3600,
  'sign-in': 3600,
  confirm: 24 * 3600,
  ticket: 30 * 24 * 3600,
}

export interface OneTimeToken {
  id: number
  purpose: TokenPurpose
  agentId: number | null
  endUserId: number | null
  ticketId: number | null
  data: Record<string, unknown>
}

/** Makes a link's secret; only its hash is stored, bound to one purpose and person. */
export async function makeToken(
  ctx: Context,
  purpose: TokenPurpose,
  of: { agent?: number; endUser?: number; ticket?: number; data?: Record<string, unknown> } = {},
): Promise<string> {
  const token = ctx.random.bytes(24).toString('base64url')
  const now = ctx.clock.now()
  await ctx.db
    .insertInto('one_time_token')
    .values({
      token_hash: hashToken(token),
      purpose,
      agent_id: of.agent ?? null,
      end_user_id: of.endUser ?? null,
      ticket_id: of.ticket ?? null,
      data: JSON.stringify(of.data ?? {}),
      created_at: now,
      expires_at: addSeconds(now, LIFETIME[purpose]),
    })
    .execute()
  return token
}

/** Looks without spending: for the page that asks before it acts, since mail scanners follow links. */
export async function peekToken(ctx: Context, purpose: TokenPurpose, token: string): Promise<OneTimeToken | null> {
  if (token.length < 16 || token.length > 100) return null
  const row = await ctx.db
    .selectFrom('one_time_token')
    .selectAll()
    .where('token_hash', '=', hashToken(token))
    .where('purpose', '=', purpose)
    .where('expires_at', '>', ctx.clock.now())
    .where('used_at', 'is', null)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return row
    ? {
        id: row.id,
        purpose,
        agentId: row.agent_id,
        endUserId: row.end_user_id,
        ticketId: row.ticket_id,
        data: row.data as Record<string, unknown>,
      }
    : null
}

/** Spends a token: of two who bring the same one, one gets it. Null when it is unknown, spent, revoked or too old. */
export async function spendToken(ctx: Context, purpose: TokenPurpose, token: string): Promise<OneTimeToken | null> {
  const found = await peekToken(ctx, purpose, token)
  if (!found) return null
  const spent = await ctx.db
    .updateTable('one_time_token')
    .set({ used_at: ctx.clock.now() })
    .where('id', '=', found.id)
    .where('used_at', 'is', null)
    .returning('id')
    .executeTakeFirst()
  return spent ? found : null
}

/** Makes every open token of a purpose and person worthless. */
export async function revokeTokens(
  ctx: Context,
  purpose: TokenPurpose,
  of: { agent?: number; endUser?: number; ticket?: number },
): Promise<void> {
  await ctx.db
    .updateTable('one_time_token')
    .set({ revoked_at: ctx.clock.now() })
    .where('purpose', '=', purpose)
    .where('revoked_at', 'is', null)
    .$if(of.agent !== undefined, (query) => query.where('agent_id', '=', of.agent!))
    .$if(of.endUser !== undefined, (query) => query.where('end_user_id', '=', of.endUser!))
    .$if(of.ticket !== undefined, (query) => query.where('ticket_id', '=', of.ticket!))
    .execute()
}
