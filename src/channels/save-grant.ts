import type { z } from 'zod'
import type { Context } from '#core/context.ts'
import type { FieldProblem } from '#core/errors.ts'
import { serviceAccountKey } from './email/oauth-client.ts'
import { grantsOf, isSameClient, OAuthSettings, scopesOf } from './email/oauth-settings.ts'
import { deleteGrant, type MailboxGrant, readGrant, writeGrantSettings } from './mailbox-grant-store.ts'
import type { MailboxInput } from './mailbox-input.ts'
import type { MailboxRow } from './mailbox-store.ts'

type Given = z.output<typeof MailboxInput>

/** The sign-in of a mailbox before a change, with what it was for. */
export interface GrantBefore {
  grant: MailboxGrant
  scopes: string
  account: string
  /** The servers that get a token to see. */
  servers: string
}

export async function grantBefore(ctx: Context, before: MailboxRow): Promise<GrantBefore | null> {
  const grant = await readGrant(ctx, before.id)
  return grant && { grant, ...purposeOf(before, grant.settings) }
}

const usesOAuth = (given: Given): boolean => given.graph !== null || given.imap?.auth === 'oauth' || given.smtp?.auth === 'oauth'

function purposeOf(
  mailbox: Pick<MailboxRow, 'address' | 'graph' | 'imap' | 'smtp'>,
  settings: OAuthSettings,
): { scopes: string; account: string; servers: string } {
  const endpoint = mailbox.graph?.endpoint ?? ''
  return {
    scopes: scopesOf(settings, mailbox.graph ? 'graph' : 'imap_smtp', endpoint),
    account: mailbox.graph?.user ?? mailbox.imap?.user ?? mailbox.smtp?.user ?? mailbox.address,
    servers: JSON.stringify([mailbox.imap?.host, mailbox.smtp?.host, mailbox.graph && endpoint]),
  }
}

/** A secret goes to no other application or server than the one it was given for. */
const keepsSecret = (given: Given, before: GrantBefore | null): boolean =>
  before !== null &&
  given.oauth !== null &&
  before.grant.secret !== '' &&
  isSameClient(before.grant.settings, given.oauth) &&
  before.servers === purposeOf(given, given.oauth).servers

/** What is missing or does not go together, at the fields. Pure. */
export function problemsOfOAuth(given: Given, before: GrantBefore | null): FieldProblem[] {
  if (!usesOAuth(given)) return []
  const oauth = given.oauth
  if (!oauth) return [{ pointer: '/oauth/provider', key: 'required' }]
  const problems: FieldProblem[] = []
  const missing = (pointer: string): void => void problems.push({ pointer, key: 'required' })
  if (given.graph && oauth.provider !== 'microsoft') problems.push({ pointer: '/oauth/provider', key: 'choice' })
  if (given.graph?.afterFetch === 'move' && !given.graph.moveTo) missing('/graph/moveTo')
  if (!grantsOf(oauth.provider).includes(oauth.grant)) problems.push({ pointer: '/oauth/grant', key: 'choice' })
  if (oauth.provider === 'microsoft' && !oauth.tenant) missing('/oauth/tenant')
  if (oauth.provider === 'other' && !oauth.tokenEndpoint && !oauth.authority) missing('/oauth/authority')
  const needsSecret = oauth.grant === 'client_credentials' || (oauth.grant === 'authorization_code' && oauth.provider !== 'other')
  if (needsSecret && !oauth.secret && !keepsSecret(given, before)) missing('/oauth/secret')
  if (oauth.provider === 'google' && oauth.grant === 'client_credentials' && oauth.secret && !serviceAccountKey(oauth.secret))
    problems.push({ pointer: '/oauth/secret', key: 'serviceAccountKey' })
  return problems
}

/** Keeps how a mailbox signs in; whoever signed in for something else has to sign in again. In the caller's transaction. */
export async function saveGrant(ctx: Context, mailbox: number, given: Given, before: GrantBefore | null): Promise<void> {
  if (!usesOAuth(given) || !given.oauth) {
    await deleteGrant(ctx, mailbox)
    return
  }
  const { secret, secretExpiresOn, ...rest } = given.oauth
  const settings = OAuthSettings.parse(rest)
  const now = purposeOf(given, settings)
  const sameSecret = keepsSecret(given, before)
  const keep =
    before !== null &&
    isSameClient(before.grant.settings, settings) &&
    before.grant.settings.grant === settings.grant &&
    before.scopes === now.scopes &&
    before.account === now.account &&
    before.servers === now.servers
  await writeGrantSettings(ctx, mailbox, {
    settings,
    secret: secret || (keep ? undefined : sameSecret ? before!.grant.secret : undefined),
    secretExpiresOn,
    keep,
  })
}
