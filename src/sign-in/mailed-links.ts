import { z } from 'zod'
import { makeToken, peekToken, spendToken } from '#access/one-time-tokens.ts'
import type { Context } from '#core/context.ts'
import { AppError, forbidden } from '#core/errors.ts'
import { defineJob, enqueue } from '#core/jobs.ts'
import { countAttempt } from '#core/limits.ts'
import { transact } from '#core/transact.ts'
import { normalAddress } from '#people/address.ts'
import { agentPassword } from '#people/agents.ts'
import { isBanned } from '#people/bans.ts'
import { endUserPassword, markVerified } from '#people/end-user-accounts.ts'
import { findEndUser, findOrCreateEndUser } from '#people/end-users.ts'
import { readSettings } from '#settings/settings.ts'
import { queueAccountMail } from './account-mail.ts'
import { clientOf, countTry, linksPerAddress, mailsPerAccount, mailsPerAddress } from './limits.ts'
import { checkNewPassword, hashPassword } from './password.ts'
import { replacePassword } from './passwords.ts'
import { beginSession, type SignedIn } from './sign-in.ts'

/**
 * Whoever asks for a link gets the same answer in the same time, whether or not the account exists: the question alone is
 * queued, and the job finds out.
 */
export const sendSignInMail = defineJob<SignInMail>('send-sign-in-mail', { maxAttempts: 5 })

export type SignInMail = { mail: 'reset' | 'link'; address: string } | { mail: 'register'; address: string; name: string }

export const AskLinkInput = z.object({ email: z.string().trim().toLowerCase().min(1).max(254).pipe(z.email()) })

/** Asks for a link that sets a new password. Errors: TooMany, Invalid. */
export async function askForReset(ctx: Context, input: z.output<typeof AskLinkInput>): Promise<void> {
  await countTry(ctx, mailsPerAccount, mailsPerAddress, input.email)
  await enqueue(ctx, sendSignInMail, { mail: 'reset', address: normalAddress(input.email) })
}

/** Asks for a link that signs a customer in. Errors: TooMany, Invalid. */
export async function askForSignInLink(ctx: Context, input: z.output<typeof AskLinkInput>): Promise<void> {
  await countTry(ctx, mailsPerAccount, mailsPerAddress, input.email)
  await enqueue(ctx, sendSignInMail, { mail: 'link', address: normalAddress(input.email) })
}

export const RegisterInput = AskLinkInput.extend({ name: z.string().trim().min(1).max(120) })

/**
 * Asks for an account; it begins to exist when the mailed link is opened. The password is chosen there and not here: else a
 * stranger could register somebody's address with a password of their own and wait for the owner's click.
 * Errors: Forbidden (registrationClosed), TooMany, Invalid.
 */
export async function register(ctx: Context, input: z.output<typeof RegisterInput>): Promise<void> {
  if (!(await readSettings(ctx))['portal.registration']) throw forbidden('registrationClosed')
  await countTry(ctx, mailsPerAccount, mailsPerAddress, input.email)
  await enqueue(ctx, sendSignInMail, { mail: 'register', address: normalAddress(input.email), name: input.name })
}

/** The job behind the three above: makes the link for whom the address belongs to, and mails it there. */
export async function mailSignInLink(ctx: Context, asked: SignInMail): Promise<void> {
  if (await isBanned(ctx, asked.address)) return
  await transact(ctx, async (ctx) => {
    const agent = await agentPassword(ctx, asked.address)
    const user = agent ? null : await endUserPassword(ctx, asked.address)
    if (agent) {
      // Agents sign in by password; a link that sets one is what helps them, whatever they asked for.
      if (asked.mail === 'register') return
      const token = await makeToken(ctx, 'reset', { agent: agent.id })
      await queueAccountMail(ctx, { mail: 'reset', to: { agent: agent.id }, path: `/sign-in/reset?token=${token}` })
    } else if (asked.mail === 'register' && !(user?.isVerified && user.passwordHash)) {
      const person = user ?? (await findOrCreateEndUser(ctx, { address: asked.address, name: asked.name }))
      const token = await makeToken(ctx, 'confirm', { endUser: person.id })
      await queueAccountMail(ctx, { mail: 'confirm', to: { endUser: person.id }, path: `/sign-in/confirm?token=${token}` })
    } else if (user && asked.mail === 'reset') {
      const token = await makeToken(ctx, 'reset', { endUser: user.id })
      await queueAccountMail(ctx, { mail: 'reset', to: { endUser: user.id }, path: `/sign-in/reset?token=${token}` })
    } else if (user) {
      const token = await makeToken(ctx, 'sign-in', { endUser: user.id })
      await queueAccountMail(ctx, { mail: 'sign_in', to: { endUser: user.id }, path: `/sign-in/link?token=${token}` })
    }
  })
}

/** Whether a link still opens something, without spending it: the page asks before it acts, since mail scanners follow links. */
export const isLinkGood = async (ctx: Context, purpose: 'sign-in' | 'confirm', token: string): Promise<boolean> =>
  (await peekToken(ctx, purpose, token)) !== null

/** Spends a mailed sign-in link. Errors: TooMany, Conflict (linkSpent). */
export async function signInByLink(ctx: Context, token: string, previousToken: string | null): Promise<SignedIn> {
  await countAttempt(ctx, linksPerAddress, clientOf(ctx))
  return transact(ctx, async (ctx) => {
    const spent = await spendToken(ctx, 'sign-in', token)
    if (spent?.endUserId == null) throw new AppError('conflict', 'linkSpent')
    await markVerified(ctx, spent.endUserId)
    return beginSession(ctx, { endUser: spent.endUserId }, 'link', previousToken)
  })
}

export const ConfirmInput = z.object({
  /** Empty: sign in by mailed links. */
  password: z.string().max(1000).default(''),
})

/** Opens the account that `register` asked for, with a password when one is given. Errors: TooMany, Invalid, Conflict (linkSpent). */
export async function confirmRegistration(
  ctx: Context,
  token: string,
  input: z.output<typeof ConfirmInput>,
  previousToken: string | null,
): Promise<SignedIn> {
  await countAttempt(ctx, linksPerAddress, clientOf(ctx))
  const open = await peekToken(ctx, 'confirm', token)
  const person = open?.endUserId == null ? null : await findEndUser(ctx, open.endUserId)
  if (!person) throw new AppError('conflict', 'linkSpent')
  if (input.password) checkNewPassword(input.password, [person.address, person.name])
  const hash = input.password ? await hashPassword(input.password) : null
  return transact(ctx, async (ctx) => {
    const spent = await spendToken(ctx, 'confirm', token)
    if (!spent) throw new AppError('conflict', 'linkSpent')
    await markVerified(ctx, person.id)
    if (hash !== null) return replacePassword(ctx, { endUser: person.id }, hash, 'confirmation', previousToken)
    return beginSession(ctx, { endUser: person.id }, 'confirmation', previousToken)
  })
}
