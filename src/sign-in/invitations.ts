import { z } from 'zod'
import { makeToken, peekToken, revokeTokens, spendToken } from '#access/one-time-tokens.ts'
import { setGrants } from '#access/roles.ts'
import type { Context } from '#core/context.ts'
import { AppError, forbidden, invalid, notFound } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { countAttempt } from '#core/limits.ts'
import { transact } from '#core/transact.ts'
import { createAgent } from '#people/agents.ts'
import { type AgentCard, findAgent } from '#people/directory.ts'
import { publicAddress } from '#settings/settings.ts'
import { queueAccountMail } from './account-mail.ts'
import { clientOf, linksPerAddress } from './limits.ts'
import { checkNewPassword, hashPassword } from './password.ts'
import { type NewPasswordInput, replacePassword } from './passwords.ts'
import type { SignedIn } from './sign-in.ts'
import { agentInvited } from './sign-in-events.ts'

export const InviteAgentInput = z.object({
  name: z.string().trim().min(1).max(120),
  email: z.string().trim().toLowerCase().min(1).max(254).pipe(z.email()),
  administrator: z.boolean().default(false),
  seesAllTickets: z.boolean().optional(),
  grants: z.array(z.object({ department: z.number().int(), role: z.number().int() })).default([]),
})

/** Adds an agent and mails an invitation, good for seven days. Errors: Forbidden, Invalid (emailTaken). */
export async function inviteAgent(ctx: Context, input: z.input<typeof InviteAgentInput>): Promise<{ id: number }> {
  if (!ctx.actor.administrator) throw forbidden()
  const given = InviteAgentInput.parse(input)
  return transact(ctx, async (ctx) => {
    const { id } = await createAgent(ctx, given)
    if (given.grants.length > 0) await setGrants(ctx, id, given.grants)
    await mailInvitation(ctx, id)
    return { id }
  })
}

/** Mails a new invitation; the earlier ones end. Errors: Forbidden, NotFound, Invalid (they have accepted already). */
export async function inviteAgain(ctx: Context, agent: number): Promise<void> {
  if (!ctx.actor.administrator) throw forbidden()
  const card = await findAgent(ctx, agent)
  if (!card || card.isArchived) throw notFound()
  if (card.hasPassword) throw invalid('/agent', 'invitationAccepted')
  await transact(ctx, async (ctx) => {
    await revokeTokens(ctx, 'invite', { agent })
    await mailInvitation(ctx, agent)
  })
}

/**
 * A fresh invitation to hand over by other ways than mail, such as before a mailbox sends; the earlier ones end.
 * Errors: Forbidden, NotFound, Invalid (they have accepted already).
 */
export async function invitationLink(ctx: Context, agent: number): Promise<string> {
  if (!ctx.actor.administrator) throw forbidden()
  const card = await findAgent(ctx, agent)
  if (!card || card.isArchived) throw notFound()
  if (card.hasPassword) throw invalid('/agent', 'invitationAccepted')
  return transact(ctx, async (ctx) => {
    await revokeTokens(ctx, 'invite', { agent })
    const token = await makeToken(ctx, 'invite', { agent })
    await emit(ctx, agentInvited({ subject: { kind: 'agent', id: agent }, data: {}, facts: { internal: true } }), {
      silent: true,
    })
    return `${await publicAddress(ctx)}/sign-in/invitation?token=${token}`
  })
}

async function mailInvitation(ctx: Context, agent: number): Promise<void> {
  const token = await makeToken(ctx, 'invite', { agent })
  await queueAccountMail(ctx, { mail: 'invite', to: { agent }, path: `/sign-in/invitation?token=${token}` })
  await emit(ctx, agentInvited({ subject: { kind: 'agent', id: agent }, data: {}, facts: { internal: true } }), { silent: true })
}

/** Whom an invitation is for, without spending it; null when it is spent or too old. */
export async function readInvitation(ctx: Context, token: string): Promise<AgentCard | null> {
  const open = await peekToken(ctx, 'invite', token)
  return open?.agentId == null ? null : findAgent(ctx, open.agentId)
}

/** Sets the first password and signs in. Errors: TooMany, Invalid, Conflict (linkSpent). */
export async function acceptInvitation(
  ctx: Context,
  token: string,
  input: z.output<typeof NewPasswordInput>,
  previousToken: string | null,
): Promise<SignedIn> {
  await countAttempt(ctx, linksPerAddress, clientOf(ctx))
  const card = await readInvitation(ctx, token)
  if (!card || card.isArchived) throw new AppError('conflict', 'linkSpent')
  if (input.again !== undefined && input.again !== input.password) throw invalid('/again', 'passwordsDiffer')
  checkNewPassword(input.password, [card.email, card.name])
  const hash = await hashPassword(input.password)
  return transact(ctx, async (ctx) => {
    const spent = await spendToken(ctx, 'invite', token)
    if (!spent) throw new AppError('conflict', 'linkSpent')
    await revokeTokens(ctx, 'invite', { agent: card.id })
    return replacePassword(ctx, { agent: card.id }, hash, 'invitation', previousToken)
  })
}
