import { setTimeout as pause } from 'node:timers/promises'
import { addSeconds } from '#core/clock.ts'
import type { Context } from '#core/context.ts'
import { egress } from '#core/egress.ts'
import { applicationTokens, type OAuthClient, refreshTokens, type Tokens } from './email/oauth-client.ts'
import { isOAuthError, OAuthError } from './email/oauth-refusal.ts'
import { type MailAccess, providerName, scopesOf } from './email/oauth-settings.ts'
import {
  endGrantLease,
  grantsEndingBefore,
  type MailboxGrant,
  readGrant,
  takeGrantLease,
  writeRefusal,
  writeTokens,
} from './mailbox-grant-store.ts'
import { mailboxRows } from './mailbox-store.ts'
import { releaseOutbound } from './outbound-store.ts'

export interface MailboxToken {
  accessToken: string
  validUntil: Date
}

/** A token is renewed this long before it ends, by whoever needs it first. */
const AHEAD_SECONDS = 240
/** How long one node may take to ask. */
const LEASE_SECONDS = 90
/** A refused grant is asked about again, in case somebody mended it at the provider's. */
const ASK_AGAIN_SECONDS = 600
/** When a provider does not say. */
const USUAL_SECONDS = 3600
const LOOK_MS = 200

/**
 * An access token for a mailbox that signs in by OAuth, renewed when it is about to end; of all nodes one asks, the others wait for
 * what it gets. `rejected`: a token that the mail server would not take. Rejects with OAuthError.
 */
export async function mailboxToken(ctx: Context, mailbox: number, options: { rejected?: string } = {}): Promise<MailboxToken> {
  for (let looks = 0; ; looks++) {
    const grant = await readGrant(ctx, mailbox)
    if (!grant) throw new OAuthError('grantMissing', '', 'This mailbox has no sign-in')
    const now = ctx.clock.now()
    const held = heldToken(grant, options.rejected)
    if (held && held.validUntil > addSeconds(now, AHEAD_SECONDS)) return held
    const stillGood = held !== null && held.validUntil > addSeconds(now, 30)
    if (grant.refusal && grant.checkedAt && addSeconds(grant.checkedAt, ASK_AGAIN_SECONDS) > now) {
      if (stillGood) return held
      throw new OAuthError(grant.refusal.key as OAuthError['key'], grant.refusal.provider, grant.refusal.detail)
    }
    const lease = addSeconds(now, LEASE_SECONDS)
    if (await takeGrantLease(ctx, mailbox, lease)) {
      try {
        const renewed = await renew(ctx, mailbox, lease, options.rejected)
        if (renewed) return renewed
      } catch (error) {
        if (stillGood) return held
        throw error
      }
    } else if (stillGood) return held
    if (looks * LOOK_MS > LEASE_SECONDS * 1000)
      throw new OAuthError('grantUnavailable', providerName(grant.settings), 'The sign-in did not answer', { refused: false })
    await pause(LOOK_MS)
  }
}

const heldToken = (grant: MailboxGrant, rejected: string | undefined): MailboxToken | null =>
  grant.accessToken && grant.accessExpiresAt && grant.accessToken !== rejected
    ? { accessToken: grant.accessToken, validUntil: grant.accessExpiresAt }
    : null

/** With the turn taken: asks, keeps what came, or what was said. null when the settings changed meanwhile. */
async function renew(ctx: Context, mailbox: number, lease: Date, rejected: string | undefined): Promise<MailboxToken | null> {
  try {
    // Read again: the one before us may have just done it.
    const grant = await readGrant(ctx, mailbox)
    if (!grant) throw new OAuthError('grantMissing', '', 'This mailbox has no sign-in')
    const held = heldToken(grant, rejected)
    if (held && held.validUntil > addSeconds(ctx.clock.now(), AHEAD_SECONDS)) {
      await endGrantLease(ctx, mailbox, lease)
      return held
    }
    const tokens = await askFor(ctx, grant)
    const fresh = {
      accessToken: tokens.accessToken,
      accessExpiresAt: addSeconds(ctx.clock.now(), tokens.expiresInSeconds ?? USUAL_SECONDS),
      refreshToken: tokens.refreshToken,
    }
    if (!(await writeTokens(ctx, mailbox, fresh, { lease }))) return null
    if (grant.refusedAt) await releaseOutbound(ctx, { states: ['held'], mailbox })
    return { accessToken: fresh.accessToken, validUntil: fresh.accessExpiresAt }
  } catch (error) {
    if (isOAuthError(error) && error.refused && error.key !== 'grantMissing') {
      await writeRefusal(ctx, mailbox, { key: error.key, provider: error.provider, detail: error.message }, lease)
    } else await endGrantLease(ctx, mailbox, lease).catch(() => {})
    throw error
  }
}

async function askFor(ctx: Context, grant: MailboxGrant): Promise<Tokens> {
  const { client, account } = await clientOf(ctx, grant)
  if (grant.settings.grant === 'client_credentials') return applicationTokens(client, account, ctx.clock.now())
  if (!grant.refreshToken) throw new OAuthError('grantMissing', providerName(grant.settings), 'Nobody has signed in yet')
  return refreshTokens(client, grant.refreshToken)
}

/** What the mailbox's application asks with, and whom it stands for. */
export async function clientOf(ctx: Context, grant: MailboxGrant): Promise<{ client: OAuthClient; account: string }> {
  const row = (await mailboxRows(ctx, grant.mailbox))[0]
  const access: MailAccess = row?.graph ? 'graph' : 'imap_smtp'
  return {
    client: {
      egress: ctx.slots.use(egress),
      settings: grant.settings,
      secret: grant.secret,
      scopes: scopesOf(grant.settings, access, row?.graph?.endpoint ?? ''),
    },
    account: row?.graph?.user || row?.imap?.user || row?.smtp?.user || row?.address || '',
  }
}

/** Renews what ends soon, so that a sign-in which nobody uses does not lapse. Run by the scheduler, as the system. */
export async function keepSignedIn(ctx: Context): Promise<void> {
  for (const mailbox of await grantsEndingBefore(ctx, addSeconds(ctx.clock.now(), AHEAD_SECONDS))) {
    try {
      await mailboxToken(ctx, mailbox)
    } catch (error) {
      ctx.log.warn({ mailbox, err: error }, 'a mailbox could not be kept signed in')
    }
  }
}
