import { timingSafeEqual } from 'node:crypto'
import { addSeconds } from '#core/clock.ts'
import type { Context } from '#core/context.ts'
import { AppError, forbidden, notFound } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { transact } from '#core/transact.ts'
import { publicAddress } from '#settings/settings.ts'
import { mailboxChanged } from './channel-events.ts'
import { applicationTokens, authorizationUrl, beginDevice, exchangeCode, pollDevice, type Tokens } from './email/oauth-client.ts'
import { isOAuthError, type OAuthError } from './email/oauth-refusal.ts'
import { type MailboxGrant, readGrant, takePending, writePending, writeTokens } from './mailbox-grant-store.ts'
import { clearTrouble } from './mailbox-store.ts'
import { clientOf } from './mailbox-token.ts'
import { releaseOutbound } from './outbound-store.ts'

/** How long a begun sign-in is good for, where the provider sets no shorter time. */
const PENDING_SECONDS = 900

/** Where a provider sends the browser back to: what an administrator enters there. */
export const signInReturn = async (ctx: Context): Promise<string> => `${await publicAddress(ctx)}/admin/mailboxes/signed-in`

/** Providers send people back to https, or to this very machine. */
export const canReturn = (address: string): boolean =>
  /^https:/.test(address) || /^http:\/\/(localhost|127\.0\.0\.1)([:/]|$)/.test(address)

/** A begun sign-in, as its administrator sees it. */
export type BegunSignIn = { kind: 'redirect'; url: string } | { kind: 'device'; userCode: string; verificationUri: string }

/**
 * Begins the sign-in of a mailbox: gives a page to go to, or a code to type; an application signs in by itself and is done (null).
 * Errors: Forbidden, NotFound, Invalid with the provider's words.
 */
export async function beginSignIn(ctx: Context, mailbox: number): Promise<BegunSignIn | null> {
  const { agent, grant } = await accessGrant(ctx, mailbox)
  const { client, account } = await clientOf(ctx, grant)
  return inWords(async () => {
    const now = ctx.clock.now()
    if (grant.settings.grant === 'client_credentials') {
      await keepTokens(ctx, grant, await applicationTokens(client, account, now))
      return null
    }
    if (grant.settings.grant === 'device_code') {
      const begun = await beginDevice(client)
      const { deviceCode, userCode, verificationUri } = begun
      const until = addSeconds(now, Math.min(begun.expiresInSeconds, PENDING_SECONDS))
      await writePending(ctx, mailbox, { kind: 'device', agent, deviceCode, userCode, verificationUri }, until)
      return { kind: 'device', userCode, verificationUri }
    }
    const state = `${mailbox}.${ctx.random.bytes(24).toString('base64url')}`
    const { url, verifier } = await authorizationUrl(client, { redirectUri: await signInReturn(ctx), state, account })
    await writePending(ctx, mailbox, { kind: 'redirect', agent, state, verifier, url }, addSeconds(now, PENDING_SECONDS))
    return { kind: 'redirect', url }
  })
}

/** What the administrator who asks has begun and not ended; null for others. Errors: Forbidden. */
export async function begunSignIn(ctx: Context, mailbox: number): Promise<BegunSignIn | null> {
  if (!ctx.actor.administrator) throw forbidden()
  const pending = (await readGrant(ctx, mailbox))?.pending
  if (!pending || pending.agent !== ctx.actor.id) return null
  return pending.kind === 'redirect'
    ? { kind: 'redirect', url: pending.url }
    : { kind: 'device', userCode: pending.userCode, verificationUri: pending.verificationUri }
}

/**
 * Ends a sign-in with what the provider sent back in the browser: `query` without its question mark. Only the administrator who began
 * it, once, within its time. Returns the mailbox. Errors: Forbidden, Invalid (stale, or the provider's words).
 */
export async function completeSignIn(ctx: Context, query: string): Promise<number> {
  if (!ctx.actor.administrator) throw forbidden()
  const given = new URLSearchParams(query).get('state') ?? ''
  const mailbox = Number(/^(\d{1,15})\./.exec(given)?.[1] ?? 0)
  const grant = mailbox ? await readGrant(ctx, mailbox) : null
  const pending = grant?.pending
  if (!grant || pending?.kind !== 'redirect' || pending.agent !== ctx.actor.id || !sameText(given, pending.state))
    throw new AppError('invalid', 'signInStale')
  // Taken before the code is given away: a second call with the same answer finds nothing.
  if (!(await takePending(ctx, mailbox, grant.pendingSealed!))) throw new AppError('invalid', 'signInStale')
  const { client } = await clientOf(ctx, grant)
  const answer = new URL(`${await signInReturn(ctx)}?${query}`)
  await inWords(async () => {
    await keepTokens(ctx, grant, await exchangeCode(client, answer, { state: pending.state, verifier: pending.verifier }))
  })
  return mailbox
}

/** Asks whether the code was typed at the provider's; false while it was not. Errors: Forbidden, NotFound, Invalid. */
export async function checkDeviceSignIn(ctx: Context, mailbox: number): Promise<boolean> {
  const { agent, grant } = await accessGrant(ctx, mailbox)
  const { pending } = grant
  if (pending?.kind !== 'device' || pending.agent !== agent) throw new AppError('invalid', 'signInStale')
  const { client } = await clientOf(ctx, grant)
  return inWords(async () => {
    const tokens = await pollDevice(client, pending.deviceCode)
    if (!tokens) return false
    await keepTokens(ctx, grant, tokens)
    return true
  })
}

async function accessGrant(ctx: Context, mailbox: number): Promise<{ agent: number; grant: MailboxGrant }> {
  if (!ctx.actor.administrator || ctx.actor.id === null) throw forbidden()
  const grant = await readGrant(ctx, mailbox)
  if (!grant) throw notFound()
  return { agent: ctx.actor.id, grant }
}

/** Signed in: what was wrong is over, watchers begin, and what was held leaves. */
async function keepTokens(ctx: Context, grant: MailboxGrant, tokens: Tokens): Promise<void> {
  if (grant.settings.grant !== 'client_credentials' && !tokens.refreshToken) throw new AppError('invalid', 'noRefreshToken')
  await transact(ctx, async (ctx) => {
    const kept = await writeTokens(
      ctx,
      grant.mailbox,
      {
        accessToken: tokens.accessToken,
        accessExpiresAt: addSeconds(ctx.clock.now(), tokens.expiresInSeconds ?? 3600),
        refreshToken: tokens.refreshToken,
      },
      { signedIn: true },
    )
    if (!kept) throw notFound()
    await clearTrouble(ctx, grant.mailbox)
    await emit(
      ctx,
      mailboxChanged({
        subject: { kind: 'mailbox', id: grant.mailbox },
        data: { changes: ['signedIn'] },
        facts: { internal: true },
      }),
    )
    await releaseOutbound(ctx, { states: ['held'], mailbox: grant.mailbox })
  })
}

/** A provider's refusal becomes an error that says it in words: the key of `mail.trouble` travels as detail. */
async function inWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!isOAuthError(error)) throw error
    throw new AppError('invalid', 'providerRefused', { detail: refusalDetail(error), cause: error })
  }
}

export interface RefusalDetail {
  /** Under `mail.trouble`. */
  key: OAuthError['key']
  provider: string
  detail: string
}

const refusalDetail = (error: OAuthError): RefusalDetail => ({
  key: error.key,
  provider: error.provider,
  detail: error.message,
})

function sameText(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
