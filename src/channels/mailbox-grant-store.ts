import type { Context } from '#core/context.ts'
import type { OAuthSettings } from './email/oauth-settings.ts'

/** A sign-in that an administrator has begun. */
export type PendingSignIn = { agent: number } & (
  | { kind: 'redirect'; state: string; verifier: string; url: string }
  | { kind: 'device'; deviceCode: string; userCode: string; verificationUri: string }
)

export interface Refusal {
  /** Under `mail.trouble`. */
  key: string
  provider: string
  detail: string
}

export interface MailboxGrant {
  mailbox: number
  settings: OAuthSettings
  /** Opened: for asking the provider only. '' when there is none. */
  secret: string
  refreshToken: string
  accessToken: string
  accessExpiresAt: Date | null
  secretExpiresOn: string | null
  secretWarnedDays: number | null
  signedInAt: Date | null
  refusedAt: Date | null
  refusal: Refusal | null
  checkedAt: Date | null
  pending: PendingSignIn | null
  /** As stored, to take it only once. */
  pendingSealed: string | null
}

const SEALED = 'mailbox-grant'

const seal = (ctx: Context, text: string): string | null => (text ? ctx.site.keys.seal(SEALED, text) : null)
const open = (ctx: Context, sealed: string | null): string => (sealed ? ctx.site.keys.open(SEALED, sealed) : '')

/** Throws when the site key has changed. */
export async function readGrant(ctx: Context, mailbox: number): Promise<MailboxGrant | null> {
  const row = await ctx.db.selectFrom('mailbox_grant').selectAll().where('mailbox_id', '=', mailbox).executeTakeFirst()
  if (!row) return null
  const pending = row.pending && row.pending_until && row.pending_until > ctx.clock.now() ? open(ctx, row.pending) : ''
  return {
    mailbox,
    settings: row.settings as unknown as OAuthSettings,
    secret: open(ctx, row.client_secret),
    refreshToken: open(ctx, row.refresh_token),
    accessToken: open(ctx, row.access_token),
    accessExpiresAt: row.access_expires_at,
    secretExpiresOn: row.secret_expires_on,
    secretWarnedDays: row.secret_warned_days,
    signedInAt: row.signed_in_at,
    refusedAt: row.refused_at,
    refusal: row.refusal as Refusal | null,
    checkedAt: row.checked_at,
    pending: pending ? (JSON.parse(pending) as PendingSignIn) : null,
    pendingSealed: row.pending,
  }
}

/** What may be shown of a grant: no secret, no token. */
export interface GrantView {
  settings: OAuthSettings
  hasSecret: boolean
  secretExpiresOn: string | null
  signedInAt: Date | null
  refusedAt: Date | null
  refusal: Refusal | null
}

export async function grantViews(ctx: Context): Promise<Map<number, GrantView>> {
  const rows = await ctx.db.selectFrom('mailbox_grant').selectAll().execute()
  return new Map(
    rows.map((row) => [
      row.mailbox_id,
      {
        settings: row.settings as unknown as OAuthSettings,
        hasSecret: row.client_secret !== null,
        secretExpiresOn: row.secret_expires_on,
        signedInAt: row.signed_in_at,
        refusedAt: row.refused_at,
        refusal: row.refusal as Refusal | null,
      },
    ]),
  )
}

/** `secret` undefined: as it was. `keep` leaves tokens, secret and sign-in as they are; else they are forgotten. */
export async function writeGrantSettings(
  ctx: Context,
  mailbox: number,
  given: { settings: OAuthSettings; secret: string | undefined; secretExpiresOn: string | null; keep: boolean },
): Promise<void> {
  const settings = JSON.stringify(given.settings)
  const secret = given.secret === undefined ? undefined : seal(ctx, given.secret)
  const fresh = { client_secret: secret ?? null, secret_expires_on: given.secretExpiresOn }
  await ctx.db
    .insertInto('mailbox_grant')
    .values({ mailbox_id: mailbox, settings, ...fresh })
    .onConflict((conflict) =>
      conflict.column('mailbox_id').doUpdateSet((eb) => ({
        settings,
        secret_expires_on: given.secretExpiresOn,
        // Another day, or another secret: told of anew.
        secret_warned_days: eb
          .case()
          .when('mailbox_grant.secret_expires_on', 'is not distinct from', given.secretExpiresOn)
          .then(eb.ref('mailbox_grant.secret_warned_days'))
          .else(null)
          .end(),
        lease_until: null,
        checked_at: null,
        pending: null,
        pending_until: null,
        ...(given.keep
          ? secret === undefined
            ? {}
            : { client_secret: secret }
          : {
              client_secret: secret ?? null,
              refresh_token: null,
              access_token: null,
              access_expires_at: null,
              signed_in_at: null,
              refused_at: null,
              refusal: null,
            }),
      })),
    )
    .execute()
}

export async function deleteGrant(ctx: Context, mailbox: number): Promise<void> {
  await ctx.db.deleteFrom('mailbox_grant').where('mailbox_id', '=', mailbox).execute()
}

/** Takes the turn to ask the provider until `until`, for this mailbox alone; false while somebody else has it. */
export async function takeGrantLease(ctx: Context, mailbox: number, until: Date): Promise<boolean> {
  const row = await ctx.db
    .updateTable('mailbox_grant')
    .set({ lease_until: until })
    .where('mailbox_id', '=', mailbox)
    .where((eb) => eb.or([eb('lease_until', 'is', null), eb('lease_until', '<=', ctx.clock.now())]))
    .returning('mailbox_id')
    .executeTakeFirst()
  return row !== undefined
}

export async function endGrantLease(ctx: Context, mailbox: number, until: Date): Promise<void> {
  await ctx.db
    .updateTable('mailbox_grant')
    .set({ lease_until: null })
    .where('mailbox_id', '=', mailbox)
    .where('lease_until', '=', until)
    .execute()
}

export interface NewTokens {
  accessToken: string
  accessExpiresAt: Date
  refreshToken: string | null
}

/**
 * Keeps tokens. With `lease`, only while that turn still stands: a sign-in or a change of the settings meanwhile is newer.
 * Returns whether they were kept.
 */
export async function writeTokens(
  ctx: Context,
  mailbox: number,
  tokens: NewTokens,
  options: { lease?: Date; signedIn?: boolean },
): Promise<boolean> {
  const now = ctx.clock.now()
  const row = await ctx.db
    .updateTable('mailbox_grant')
    .set((eb) => ({
      access_token: seal(ctx, tokens.accessToken),
      access_expires_at: tokens.accessExpiresAt,
      ...(tokens.refreshToken || options.signedIn ? { refresh_token: seal(ctx, tokens.refreshToken ?? '') } : {}),
      signed_in_at: options.signedIn ? now : eb.fn.coalesce('signed_in_at', eb.val(now)),
      refused_at: null,
      refusal: null,
      checked_at: now,
      lease_until: null,
      ...(options.signedIn ? { pending: null, pending_until: null } : {}),
    }))
    .where('mailbox_id', '=', mailbox)
    .$if(options.lease !== undefined, (query) => query.where('lease_until', '=', options.lease!))
    .returning('mailbox_id')
    .executeTakeFirst()
  return row !== undefined
}

export async function writeRefusal(ctx: Context, mailbox: number, refusal: Refusal, lease: Date): Promise<void> {
  const now = ctx.clock.now()
  await ctx.db
    .updateTable('mailbox_grant')
    .set((eb) => ({
      refused_at: eb.fn.coalesce('refused_at', eb.val(now)),
      refusal: JSON.stringify(refusal),
      checked_at: now,
      lease_until: null,
    }))
    .where('mailbox_id', '=', mailbox)
    .where('lease_until', '=', lease)
    .execute()
}

export async function writePending(ctx: Context, mailbox: number, pending: PendingSignIn, until: Date): Promise<void> {
  await ctx.db
    .updateTable('mailbox_grant')
    .set({ pending: seal(ctx, JSON.stringify(pending)), pending_until: until })
    .where('mailbox_id', '=', mailbox)
    .execute()
}

/** Takes a begun sign-in away; false when somebody else did. */
export async function takePending(ctx: Context, mailbox: number, sealed: string): Promise<boolean> {
  const row = await ctx.db
    .updateTable('mailbox_grant')
    .set({ pending: null, pending_until: null })
    .where('mailbox_id', '=', mailbox)
    .where('pending', '=', sealed)
    .returning('mailbox_id')
    .executeTakeFirst()
  return row !== undefined
}

/** Grants whose access token ends before `before`, of mailboxes in use: to be kept alive. */
export async function grantsEndingBefore(ctx: Context, before: Date): Promise<number[]> {
  const rows = await ctx.db
    .selectFrom('mailbox_grant')
    .innerJoin('mailbox', 'mailbox.id', 'mailbox_grant.mailbox_id')
    .select('mailbox_id')
    .where('mailbox.archived_at', 'is', null)
    .where('signed_in_at', 'is not', null)
    .where('access_expires_at', '<', before)
    .orderBy('access_expires_at')
    .limit(200)
    .execute()
  return rows.map((row) => row.mailbox_id)
}

export async function expiringSecrets(
  ctx: Context,
): Promise<{ mailbox: number; address: string; expiresOn: string; warnedDays: number | null; settings: OAuthSettings }[]> {
  const rows = await ctx.db
    .selectFrom('mailbox_grant')
    .innerJoin('mailbox', 'mailbox.id', 'mailbox_grant.mailbox_id')
    .select(['mailbox_id', 'address', 'secret_expires_on', 'secret_warned_days', 'settings'])
    .where('mailbox.archived_at', 'is', null)
    .where('client_secret', 'is not', null)
    .where('secret_expires_on', 'is not', null)
    .orderBy('secret_expires_on')
    .execute()
  return rows.map((row) => ({
    mailbox: row.mailbox_id,
    address: row.address,
    expiresOn: row.secret_expires_on!,
    warnedDays: row.secret_warned_days,
    settings: row.settings as unknown as OAuthSettings,
  }))
}

/** Notes that people are told; false when another node was quicker. */
export async function noteSecretWarned(ctx: Context, mailbox: number, days: number): Promise<boolean> {
  const row = await ctx.db
    .updateTable('mailbox_grant')
    .set({ secret_warned_days: days })
    .where('mailbox_id', '=', mailbox)
    .where((eb) => eb.or([eb('secret_warned_days', 'is', null), eb('secret_warned_days', '>', days)]))
    .returning('mailbox_id')
    .executeTakeFirst()
  return row !== undefined
}
