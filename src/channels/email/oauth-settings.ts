import { z } from 'zod'

export const oauthProviders = ['microsoft', 'google', 'other'] as const
export type OAuthProvider = (typeof oauthProviders)[number]

/**
 * authorization_code: a person signs in in the browser and is sent back here (RFC 6749 section 4.1, with PKCE, RFC 7636).
 * device_code: a person types a code on the provider's page (RFC 8628); needs no way back. client_credentials: the application signs
 * in for itself (RFC 6749 section 4.4; for Google a service account, RFC 7523); needs no person.
 */
export const oauthGrants = ['authorization_code', 'device_code', 'client_credentials'] as const
export type OAuthGrant = (typeof oauthGrants)[number]

/** Tokens travel in the clear by http: only on this machine. */
export const isSafeEndpoint = (text: string): boolean => {
  if (!URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  return protocol === 'https:' || (protocol === 'http:' && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname))
}

const endpoint = z
  .string()
  .trim()
  .max(500)
  .default('')
  .refine((text) => text === '' || isSafeEndpoint(text), { params: { key: 'endpoint' } })

export const OAuthSettings = z.object({
  provider: z.enum(oauthProviders),
  grant: z.enum(oauthGrants),
  clientId: z.string().trim().min(1).max(300),
  /** Microsoft: the directory, by id or domain. */
  tenant: z
    .string()
    .trim()
    .max(200)
    .regex(/^[\w.-]*$/)
    .default(''),
  /** Microsoft: another cloud's sign-in address. Other: the issuer whose endpoints are discovered. '' for none. */
  authority: endpoint,
  authorizationEndpoint: endpoint,
  tokenEndpoint: endpoint,
  deviceEndpoint: endpoint,
  /** Separated by spaces; '' for what the provider's mail needs. */
  scopes: z.string().trim().max(1000).default(''),
})
export type OAuthSettings = z.infer<typeof OAuthSettings>

const MICROSOFT = 'https://login.microsoftonline.com'

export interface Endpoints {
  issuer: string
  authorization: string | null
  token: string
  device: string | null
}

/** Where the provider is asked; null when its endpoints are to be discovered from `authority`. Pure. */
export function endpointsOf(settings: OAuthSettings): Endpoints | null {
  if (settings.provider === 'google') {
    return {
      issuer: 'https://accounts.google.com',
      authorization: settings.authorizationEndpoint || 'https://accounts.google.com/o/oauth2/v2/auth',
      token: settings.tokenEndpoint || 'https://oauth2.googleapis.com/token',
      // Google's device flow grants no access to mail.
      device: null,
    }
  }
  if (settings.provider === 'microsoft') {
    const base = `${(settings.authority || MICROSOFT).replace(/\/+$/, '')}/${settings.tenant || 'common'}`
    return {
      issuer: `${base}/v2.0`,
      authorization: `${base}/oauth2/v2.0/authorize`,
      token: `${base}/oauth2/v2.0/token`,
      device: `${base}/oauth2/v2.0/devicecode`,
    }
  }
  if (!settings.tokenEndpoint) return null
  return {
    issuer: settings.authority || new URL(settings.tokenEndpoint).origin,
    authorization: settings.authorizationEndpoint || null,
    token: settings.tokenEndpoint,
    device: settings.deviceEndpoint || null,
  }
}

/** What a mailbox is reached by decides what is asked for. */
export type MailAccess = 'graph' | 'imap_smtp'

/** Separated by spaces. Pure. */
export function scopesOf(settings: OAuthSettings, access: MailAccess, graphEndpoint = ''): string {
  if (settings.scopes) return settings.scopes
  if (settings.provider === 'google') return 'https://mail.google.com/'
  if (settings.provider === 'other') return settings.grant === 'client_credentials' ? '' : 'offline_access'
  const graph = (graphEndpoint || GRAPH).replace(/\/+$/, '')
  if (settings.grant === 'client_credentials')
    return access === 'graph' ? `${graph}/.default` : 'https://outlook.office365.com/.default'
  const asked =
    access === 'graph'
      ? ['Mail.ReadWrite', 'Mail.Send', 'Mail.ReadWrite.Shared', 'Mail.Send.Shared'].map((name) => `${graph}/${name}`)
      : ['IMAP.AccessAsUser.All', 'SMTP.Send'].map((name) => `https://outlook.office.com/${name}`)
  return [...asked, 'offline_access'].join(' ')
}

export const GRAPH = 'https://graph.microsoft.com'

/** Which grants a provider has for mail. Pure. */
export const grantsOf = (provider: OAuthProvider): readonly OAuthGrant[] =>
  provider === 'google' ? ['authorization_code', 'client_credentials'] : oauthGrants

/** Whether a secret or a token of one of these may be shown to the other: the same application at the same server. Pure. */
export function isSameClient(one: OAuthSettings, other: OAuthSettings): boolean {
  const party = (settings: OAuthSettings): string =>
    JSON.stringify([settings.provider, settings.tenant, settings.clientId, settings.authority, endpointsOf(settings)])
  return party(one) === party(other)
}

/** As people know it. */
export const providerName = (settings: Pick<OAuthSettings, 'provider' | 'authority' | 'tokenEndpoint'>): string => {
  if (settings.provider === 'microsoft') return 'Microsoft'
  if (settings.provider === 'google') return 'Google'
  const address = settings.authority || settings.tokenEndpoint
  return URL.canParse(address) ? new URL(address).host : 'The sign-in server'
}
