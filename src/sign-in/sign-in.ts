import { z } from 'zod'
import { endSession, endSessionById, endSessionsOf, sessionsOf, startSession } from '#access/sessions.ts'
import type { Actor } from '#core/actor.ts'
import { actingAs, type Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { transact } from '#core/transact.ts'
import { normalAddress } from '#people/address.ts'
import { agentPassword } from '#people/agents.ts'
import { endUserPassword } from '#people/end-user-accounts.ts'
import { countPasswordTry, forgetPasswordTries } from './limits.ts'
import { passwordMatches } from './password.ts'
import { signedIn, signedOutEverywhere } from './sign-in-events.ts'

/** What the door puts into the cookie. */
export interface SignedIn {
  token: string
  expiresAt: Date
  as: 'agent' | 'user'
}

export const SignInInput = z.object({
  email: z.string().trim().toLowerCase().min(1).max(254),
  password: z.string().min(1).max(1000),
})

/**
 * Signs an agent or a customer in by password. The session that the browser had ends, so that a planted one is worth nothing
 * afterwards. Unknown accounts and wrong passwords read and last the same. Errors: TooMany, Unauthenticated (signInFailed).
 */
export async function signIn(ctx: Context, input: z.output<typeof SignInInput>, previousToken: string | null): Promise<SignedIn> {
  const email = normalAddress(input.email)
  await countPasswordTry(ctx, email)
  const agent = await agentPassword(ctx, email)
  const user = agent ? null : await endUserPassword(ctx, email)
  const matches = await passwordMatches(agent?.passwordHash ?? user?.passwordHash ?? null, input.password)
  const known = agent ?? (user?.isVerified ? user : null)
  if (!matches || !known) throw new AppError('unauthenticated', 'signInFailed')
  await forgetPasswordTries(ctx, email)
  return beginSession(ctx, agent ? { agent: agent.id } : { endUser: known.id }, 'password', previousToken)
}

/** Starts the session of somebody who has proved who they are. */
export async function beginSession(
  ctx: Context,
  who: { agent: number } | { endUser: number },
  by: 'password' | 'link' | 'invitation' | 'reset' | 'confirmation',
  previousToken: string | null,
): Promise<SignedIn> {
  return transact(ctx, async (ctx) => {
    if (previousToken) await endSession(ctx, previousToken)
    const { token, expiresAt } = await startSession(ctx, who)
    const as = 'agent' in who ? 'agent' : 'user'
    const id = 'agent' in who ? who.agent : who.endUser
    const subject = { kind: as === 'agent' ? 'agent' : 'end_user', id }
    await emit(actingAs(ctx, byId(as, id)), signedIn({ subject, data: { by }, facts: { internal: true } }), { silent: true })
    return { token, expiresAt, as }
  })
}

/** Only for the event's who; rights are built from the session by the access room. */
export const byId = (kind: 'agent' | 'user', id: number): Actor => ({
  kind,
  id,
  name: '',
  address: null,
  seesAll: false,
  administrator: false,
  teams: [],
  grants: [],
  may: () => false,
  departmentsWith: () => [],
})

/** Ends the browser's session. */
export const signOut = (ctx: Context, token: string): Promise<void> => endSession(ctx, token)

/** Ends every session of whoever acts, this one too. Errors: Unauthenticated. */
export async function signOutEverywhere(ctx: Context): Promise<void> {
  const who = sessionOwner(ctx)
  await transact(ctx, async (ctx) => {
    await endSessionsOf(ctx, who)
    const subject = { kind: who.agent === undefined ? 'end_user' : 'agent', id: (who.agent ?? who.endUser)! }
    await emit(ctx, signedOutEverywhere({ subject, data: {}, facts: { internal: true } }))
  })
}

/** Where whoever acts is signed in, last used first. Errors: Unauthenticated. */
export const ownSessions = async (ctx: Context): ReturnType<typeof sessionsOf> => sessionsOf(ctx, sessionOwner(ctx))

/** Ends one session of whoever acts; another's is left alone. Errors: Unauthenticated. */
export const endOwnSession = async (ctx: Context, id: number): Promise<void> => endSessionById(ctx, id, sessionOwner(ctx))

/** Whose sessions the actor's are. Errors: Unauthenticated. */
export function sessionOwner(ctx: Context): { agent?: number; endUser?: number } {
  if (ctx.actor.kind === 'agent' && ctx.actor.id !== null) return { agent: ctx.actor.id }
  if (ctx.actor.kind === 'user' && ctx.actor.id !== null) return { endUser: ctx.actor.id }
  throw new AppError('unauthenticated', 'unauthenticated')
}
