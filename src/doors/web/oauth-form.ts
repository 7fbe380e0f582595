import { z } from 'zod'
import { grantsOf, type OAuthProvider, oauthGrants, oauthProviders } from '#channels/email/oauth-settings.ts'
import { MailboxInput } from '#channels/mailbox-input.ts'
import type { RefusalDetail } from '#channels/mailbox-sign-in.ts'
import type { ShownMailbox } from '#channels/show-mailboxes.ts'
import { AppError, type FieldProblem, isAppError } from '#core/errors.ts'
import { problemsOf } from '#core/parse.ts'
import type { Translate } from '#i18n/translate.ts'

const text = z.string().trim().max(2000).default('')

/** The flat fields of the form of a mailbox that signs in without a password. */
export const OAuthForm = z.object({
  provider: z.enum(oauthProviders),
  address: text,
  name: text,
  department: text,
  account: text,
  access: z.enum(['graph', 'imap_smtp']).default('imap_smtp'),
  grant: z.enum(oauthGrants),
  tenant: text,
  clientId: text,
  secret: z.string().max(10_000).default(''),
  expiresOn: text,
  authority: text,
  authorizationEndpoint: text,
  tokenEndpoint: text,
  deviceEndpoint: text,
  scopes: text,
  graphEndpoint: text,
  folder: text,
  afterFetch: text,
  moveTo: text,
  imapHost: text,
  imapPort: text,
  smtpHost: text,
  smtpPort: text,
  takeDays: text,
  pollSeconds: text,
  batch: text,
  silentAfterHours: text,
  /** Keep it although the test failed. */
  force: z.string().optional(),
})
export type OAuthForm = z.output<typeof OAuthForm>

/** A mail server of the provider's own; for another provider, that of the form. */
function serversOf(form: OAuthForm): {
  imap: { host: string; port: string | number }
  smtp: { host: string; port: string | number; tls: boolean }
} {
  if (form.provider === 'google')
    return { imap: { host: 'imap.gmail.com', port: 993 }, smtp: { host: 'smtp.gmail.com', port: 465, tls: true } }
  if (form.provider === 'microsoft')
    return { imap: { host: 'outlook.office365.com', port: 993 }, smtp: { host: 'smtp.office365.com', port: 587, tls: false } }
  const port = form.smtpPort || 587
  return {
    imap: { host: form.imapHost, port: form.imapPort || 993 },
    smtp: { host: form.smtpHost, port, tls: Number(port) === 465 },
  }
}

/** What the channels room takes, of the form's fields; what the form does not show stays as it was. Errors: Invalid with pointers of the form. */
export function oauthInput(form: OAuthForm, before: ShownMailbox | null): z.output<typeof MailboxInput> {
  const user = form.account || form.address
  const byGraph = form.provider === 'microsoft' && form.access === 'graph'
  const servers = serversOf(form)
  // A new mailbox is asked for neither: the way that it is read by has its own usual.
  const pace = {
    ...(form.pollSeconds ? { pollSeconds: form.pollSeconds } : {}),
    ...(form.batch ? { batch: form.batch } : {}),
  }
  const parsed = MailboxInput.safeParse({
    address: form.address,
    name: form.name,
    department: form.department,
    imap: byGraph
      ? null
      : {
          ...before?.imap,
          ...servers.imap,
          protocol: 'imap',
          security: 'tls',
          user,
          folder: form.folder || 'INBOX',
          auth: 'oauth',
          afterFetch: form.afterFetch || 'keep',
          moveTo: form.afterFetch === 'move' ? form.moveTo : '',
          ...pace,
        },
    smtp: byGraph
      ? null
      : {
          ...before?.smtp,
          host: servers.smtp.host,
          port: servers.smtp.port,
          security: servers.smtp.tls ? 'tls' : 'starttls',
          user,
          auth: 'oauth',
        },
    graph: byGraph
      ? {
          user,
          folder: form.folder || 'inbox',
          afterFetch: form.afterFetch || 'keep',
          moveTo: form.afterFetch === 'move' ? form.moveTo : '',
          ...pace,
          endpoint: form.graphEndpoint,
        }
      : null,
    oauth: {
      provider: form.provider,
      grant: form.grant,
      clientId: form.clientId,
      tenant: form.provider === 'microsoft' ? form.tenant : '',
      authority: form.provider === 'google' ? '' : form.authority,
      authorizationEndpoint: form.provider === 'other' ? form.authorizationEndpoint : '',
      tokenEndpoint: form.provider === 'other' ? form.tokenEndpoint : '',
      deviceEndpoint: form.provider === 'other' ? form.deviceEndpoint : '',
      scopes: form.provider === 'other' ? form.scopes : '',
      ...(form.secret ? { secret: form.secret } : {}),
      secretExpiresOn: form.expiresOn || null,
    },
    takeDays: form.takeDays || 0,
    silentAfterHours: form.silentAfterHours || null,
  })
  if (!parsed.success) throw inOAuthForm(new AppError('invalid', 'invalid', { problems: problemsOf(parsed.error) }))
  return parsed.data
}

const FIELDS: Record<string, string> = {
  '/oauth/secretExpiresOn': '/expiresOn',
  '/oauth/provider': '/grant',
  '/graph/user': '/account',
  '/imap/user': '/account',
  '/smtp/user': '/account',
  '/graph/endpoint': '/graphEndpoint',
  '/imap/folder': '/folder',
  '/imap/moveTo': '/moveTo',
  '/imap/afterFetch': '/afterFetch',
  '/imap/pollSeconds': '/pollSeconds',
  '/imap/batch': '/batch',
  '/imap/host': '/imapHost',
  '/imap/port': '/imapPort',
  '/smtp/host': '/smtpHost',
  '/smtp/port': '/smtpPort',
}

/** `/oauth/clientId` of the room is `clientId` of the form. */
function inOAuthForm(error: unknown): unknown {
  if (!isAppError(error) || error.problems.length === 0) return error
  const problems = error.problems.map((problem) => ({
    ...problem,
    pointer: FIELDS[problem.pointer] ?? problem.pointer.replace(/^\/(oauth|graph)\//, '/'),
  }))
  return new AppError(error.code, error.key, { problems, params: error.params, cause: error })
}

/** Runs a verb of the mailbox's: its errors point at the form's fields, and a provider's refusal is said in its own words. */
export async function oauthVerb<T>(t: Translate, work: () => Promise<T>, pointer = '/clientId'): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (isAppError(error) && error.key === 'providerRefused') {
      const problems: FieldProblem[] = [{ pointer, key: 'sentence', params: { sentence: refusalText(t, error.detail) } }]
      throw new AppError('invalid', 'providerRefused', { problems, cause: error })
    }
    throw inOAuthForm(error)
  }
}

/** Why a provider refused, with its own words behind. */
export function refusalText(t: Translate, given: unknown): string {
  const { key, provider, detail } = given as RefusalDetail
  const words = t.at(`mail.trouble.${key}`, { host: provider })
  return detail ? `${words} (${detail.slice(0, 300)})` : words
}

export const isProvider = (name: string | undefined): name is OAuthProvider => oauthProviders.some((one) => one === name)

/** The ways to sign in that a provider has, the one that needs least first. */
export const grantChoices = grantsOf
