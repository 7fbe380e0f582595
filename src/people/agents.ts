import { z } from 'zod'
import { dropCached } from '#core/cache.ts'
import type { Context } from '#core/context.ts'
import { forbidden, invalid, notFound } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { transact } from '#core/transact.ts'
import { cleanName, isAddress, normalAddress } from './address.ts'
import { directoryCache } from './directory.ts'
import { agentChanged, agentCreated } from './people-events.ts'

export const CreateAgentInput = z.object({
  name: z.string().trim().min(1).max(120),
  email: z.string().trim().max(254),
  administrator: z.boolean().default(false),
  seesAllTickets: z.boolean().optional(),
})

/** Adds an agent without a password: they set one by invitation or reset. Errors: Forbidden, Invalid (taken address). */
export async function createAgent(
  ctx: Context,
  input: z.input<typeof CreateAgentInput>,
  passwordHash: string | null = null,
): Promise<{ id: number }> {
  if (!ctx.actor.administrator) throw forbidden()
  const given = CreateAgentInput.parse(input)
  const email = normalAddress(given.email)
  if (!isAddress(email)) throw invalid('/email', 'email')
  return transact(ctx, async (ctx) => {
    const row = await ctx.db
      .insertInto('agent')
      .values({
        email,
        name: cleanName(given.name),
        password_hash: passwordHash,
        is_administrator: given.administrator,
        sees_all_tickets: given.seesAllTickets ?? given.administrator,
        created_at: ctx.clock.now(),
      })
      .onConflict((conflict) => conflict.column('email').doNothing())
      .returning('id')
      .executeTakeFirst()
    if (!row) throw invalid('/email', 'emailTaken')
    await emit(
      ctx,
      agentCreated({
        subject: { kind: 'agent', id: row.id },
        data: { administrator: given.administrator },
        facts: { internal: true },
      }),
    )
    dropCached(ctx, directoryCache)
    return { id: row.id }
  })
}

export interface AgentPatch {
  name?: string
  email?: string
  administrator?: boolean
  seesAllTickets?: boolean
  signature?: string
  locale?: string | null
  timeZone?: string | null
  alertMail?: boolean
  awayUntil?: Date | null
  archived?: boolean
  preferences?: Record<string, unknown>
}

const OWN = new Set<keyof AgentPatch>(['name', 'signature', 'locale', 'timeZone', 'alertMail', 'awayUntil', 'preferences'])

/** An agent changes their own card; an administrator any. The last administrator stays one. Errors: NotFound, Forbidden, Invalid. */
export async function changeAgent(ctx: Context, id: number, patch: AgentPatch): Promise<void> {
  const own = ctx.actor.kind === 'agent' && ctx.actor.id === id
  if (!ctx.actor.administrator && !(own && Object.keys(patch).every((key) => OWN.has(key as keyof AgentPatch)))) throw forbidden()
  const email = patch.email === undefined ? undefined : normalAddress(patch.email)
  if (email !== undefined && !isAddress(email)) throw invalid('/email', 'email')
  if (patch.name !== undefined && !cleanName(patch.name)) throw invalid('/name', 'required')
  await transact(ctx, async (ctx) => {
    const before = await ctx.db.selectFrom('agent').selectAll().where('id', '=', id).forNoKeyUpdate().executeTakeFirst()
    if (!before) throw notFound()
    if ((patch.administrator === false || patch.archived) && before.is_administrator) {
      const others = await ctx.db
        .selectFrom('agent')
        .select('id')
        .where('is_administrator', '=', true)
        .where('archived_at', 'is', null)
        .where('id', '<>', id)
        .limit(1)
        .executeTakeFirst()
      if (!others) throw invalid('/administrator', 'lastAdministrator')
    }
    if (email !== undefined && email !== before.email) {
      const taken = await ctx.db.selectFrom('agent').select('id').where('email', '=', email).executeTakeFirst()
      if (taken) throw invalid('/email', 'emailTaken')
    }
    await ctx.db
      .updateTable('agent')
      .set({
        name: patch.name === undefined ? before.name : cleanName(patch.name),
        email: email ?? before.email,
        is_administrator: patch.administrator ?? before.is_administrator,
        sees_all_tickets: patch.seesAllTickets ?? before.sees_all_tickets,
        signature: patch.signature?.slice(0, 5000) ?? before.signature,
        locale: patch.locale === undefined ? before.locale : patch.locale,
        time_zone: patch.timeZone === undefined ? before.time_zone : patch.timeZone,
        alert_mail: patch.alertMail ?? before.alert_mail,
        away_until: patch.awayUntil === undefined ? before.away_until : patch.awayUntil,
        archived_at: patch.archived === undefined ? before.archived_at : patch.archived ? ctx.clock.now() : null,
        ...(patch.preferences
          ? { preferences: JSON.stringify({ ...(before.preferences as object), ...patch.preferences }) }
          : {}),
      })
      .where('id', '=', id)
      .execute()
    const changes = Object.fromEntries(
      Object.entries(patch).filter(([key]) => !['signature', 'preferences', 'name', 'email'].includes(key)),
    )
    await emit(ctx, agentChanged({ subject: { kind: 'agent', id }, data: { changes }, facts: { internal: true } }))
    dropCached(ctx, directoryCache)
  })
}

/** For sign-in only: never leaves the server. */
export async function agentPassword(ctx: Context, email: string): Promise<{ id: number; passwordHash: string | null } | null> {
  const row = await ctx.db
    .selectFrom('agent')
    .select(['id', 'password_hash'])
    .where('email', '=', normalAddress(email))
    .where('archived_at', 'is', null)
    .executeTakeFirst()
  return row ? { id: row.id, passwordHash: row.password_hash } : null
}

/** Sets the hash of a new password; who may do so is the sign-in room's business. */
export async function setAgentPassword(ctx: Context, id: number, passwordHash: string): Promise<void> {
  await ctx.db.updateTable('agent').set({ password_hash: passwordHash }).where('id', '=', id).execute()
  dropCached(ctx, directoryCache)
}
