import { z } from 'zod'
import { peekToken, revokeTokens, spendToken } from '#access/one-time-tokens.ts'
import { endSessionsOf } from '#access/sessions.ts'
import { actingAs, type Context } from '#core/context.ts'
import { AppError, invalid } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { countAttempt } from '#core/limits.ts'
import { transact } from '#core/transact.ts'
import { agentPassword, setAgentPassword } from '#people/agents.ts'
import { findAgent } from '#people/directory.ts'
import { endUserPassword, markVerified, setEndUserPassword } from '#people/end-user-accounts.ts'
import { findEndUser } from '#people/end-users.ts'
import { queueAccountMail } from './account-mail.ts'
import { clientOf, countPasswordTry, linksPerAddress } from './limits.ts'
import { checkNewPassword, hashPassword, passwordMatches } from './password.ts'
import { beginSession, byId, type SignedIn, sessionOwner } from './sign-in.ts'
import { passwordChanged } from './sign-in-events.ts'

export const NewPasswordInput = z.object({ password: z.string().min(1), again: z.string().optional() })
export const ChangePasswordInput = NewPasswordInput.extend({ current: z.string().max(1000).default('') })

const bothAreOne = (input: { password: string; again?: string | undefined }): void => {
  if (input.again !== undefined && input.again !== input.password) throw invalid('/again', 'passwordsDiffer')
}

/**
 * Changes the password of whoever acts and answers with a fresh session: all others end, on every device.
 * Errors: Unauthenticated, TooMany, Invalid at /current, /password, /again.
 */
export async function changePassword(ctx: Context, input: z.output<typeof ChangePasswordInput>): Promise<SignedIn> {
  const who = sessionOwner(ctx)
  const address = ctx.actor.address ?? ''
  await countPasswordTry(ctx, address)
  const known = who.agent === undefined ? await endUserPassword(ctx, address) : await agentPassword(ctx, address)
  if (!known || known.id !== ctx.actor.id) throw new AppError('unauthenticated', 'unauthenticated')
  // A customer who always came by mailed links has none yet.
  if (known.passwordHash !== null && !(await passwordMatches(known.passwordHash, input.current)))
    throw invalid('/current', 'passwordWrong')
  bothAreOne(input)
  checkNewPassword(input.password, [address, ctx.actor.name])
  const hash = await hashPassword(input.password)
  return transact(ctx, (ctx) => replacePassword(ctx, who, hash, 'self'))
}

/** Whose password a mailed link sets, without spending it; null when it is spent or too old. */
export async function readReset(ctx: Context, token: string): Promise<{ name: string; address: string } | null> {
  const open = await peekToken(ctx, 'reset', token)
  if (open?.agentId != null) {
    const agent = await findAgent(ctx, open.agentId)
    return agent && !agent.isArchived ? { name: agent.name, address: agent.email } : null
  }
  return open?.endUserId == null ? null : findEndUser(ctx, open.endUserId)
}

/** Sets the password that a mailed link allows, spends the link and signs in. Errors: TooMany, Invalid, Conflict (linkSpent). */
export async function resetPassword(
  ctx: Context,
  token: string,
  input: z.output<typeof NewPasswordInput>,
  previousToken: string | null,
): Promise<SignedIn> {
  await countAttempt(ctx, linksPerAddress, clientOf(ctx))
  const person = await readReset(ctx, token)
  if (!person) throw new AppError('conflict', 'linkSpent')
  bothAreOne(input)
  checkNewPassword(input.password, [person.name, person.address])
  const hash = await hashPassword(input.password)
  return transact(ctx, async (ctx) => {
    const spent = await spendToken(ctx, 'reset', token)
    if (!spent) throw new AppError('conflict', 'linkSpent')
    const who: Owner = spent.agentId !== null ? { agent: spent.agentId } : { endUser: spent.endUserId! }
    if (who.endUser !== undefined) await markVerified(ctx, who.endUser)
    return replacePassword(ctx, who, hash, 'reset', previousToken)
  })
}

type Owner = { agent?: number; endUser?: number }

/** Stores the hash, ends every session and open link of the person, tells them by mail, and starts a session. */
export async function replacePassword(
  ctx: Context,
  who: Owner,
  hash: string,
  by: 'self' | 'reset' | 'invitation' | 'confirmation',
  previousToken: string | null = null,
): Promise<SignedIn> {
  if (who.agent !== undefined) await setAgentPassword(ctx, who.agent, hash)
  else await setEndUserPassword(ctx, who.endUser!, hash)
  await endSessionsOf(ctx, who)
  await revokeTokens(ctx, 'reset', who)
  if (who.endUser !== undefined) await revokeTokens(ctx, 'sign-in', who)
  const kind = who.agent !== undefined ? 'agent' : 'user'
  const id = (who.agent ?? who.endUser)!
  const subject = { kind: kind === 'agent' ? 'agent' : 'end_user', id }
  // Told to live screens: the streams of the old password end with its sessions.
  await emit(actingAs(ctx, byId(kind, id)), passwordChanged({ subject, data: { by }, facts: { internal: true } }))
  if (by === 'self' || by === 'reset') await queueAccountMail(ctx, { mail: 'password_changed', to: who, path: '/sign-in/forgot' })
  return beginSession(
    ctx,
    who.agent !== undefined ? { agent: who.agent } : { endUser: who.endUser! },
    by === 'self' ? 'password' : by,
    previousToken,
  )
}
