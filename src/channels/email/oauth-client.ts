import { createPrivateKey, sign } from 'node:crypto'
import * as oauth from 'openid-client'
import { type Egress, EgressError } from '#core/egress.ts'
import { OAuthError, refusalOf } from './oauth-refusal.ts'
import { endpointsOf, isSafeEndpoint, type OAuthSettings, providerName } from './oauth-settings.ts'

/** An application at a provider, as one mailbox uses it. */
export interface OAuthClient {
  egress: Egress
  settings: OAuthSettings
  /** '' for a public client; for a Google service account the JSON of its key. */
  secret: string
  /** Separated by spaces. */
  scopes: string
}

export interface Tokens {
  accessToken: string
  /** null when the provider does not say. */
  expiresInSeconds: number | null
  /** A new one replaces the one that was used (RFC 6749 section 6). */
  refreshToken: string | null
}

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'
const JWT_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

/**
 * The page where a person signs in, and the verifier that proves later that this desk asked (RFC 7636). `account` is offered there.
 * Rejects with OAuthError, as all of these do.
 */
export async function authorizationUrl(
  client: OAuthClient,
  ask: { redirectUri: string; state: string; account: string },
): Promise<{ url: string; verifier: string }> {
  return naming(client, async () => {
    const config = await configuration(client)
    if (!config.serverMetadata().authorization_endpoint)
      throw new OAuthError('grantNotAllowed', providerName(client.settings), 'This server has no page to sign in at')
    const verifier = oauth.randomPKCECodeVerifier()
    const url = oauth.buildAuthorizationUrl(config, {
      redirect_uri: ask.redirectUri,
      scope: client.scopes,
      state: ask.state,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      login_hint: ask.account,
      // Google gives a refresh token only then; everybody gets to choose the account.
      ...(client.settings.provider === 'google' ? { access_type: 'offline', prompt: 'consent select_account' } : {}),
      ...(client.settings.provider === 'microsoft' ? { prompt: 'select_account' } : {}),
      ...(client.settings.provider === 'other' ? { prompt: 'consent' } : {}),
    })
    return { url: url.href, verifier }
  })
}

/** Gives the code that the provider sent back for tokens. `answer` is the address the browser came back to. */
export async function exchangeCode(
  client: OAuthClient,
  answer: URL,
  expected: { state: string; verifier: string },
): Promise<Tokens> {
  return naming(client, async () => {
    const config = await configuration(client)
    return tokensOf(
      await oauth.authorizationCodeGrant(config, answer, {
        expectedState: expected.state,
        pkceCodeVerifier: expected.verifier,
      }),
    )
  })
}

export interface DeviceCode {
  deviceCode: string
  /** What the person types at `verificationUri`. */
  userCode: string
  verificationUri: string
  expiresInSeconds: number
}

export async function beginDevice(client: OAuthClient): Promise<DeviceCode> {
  return naming(client, async () => {
    const config = await configuration(client)
    if (!config.serverMetadata().device_authorization_endpoint)
      throw new OAuthError('grantNotAllowed', providerName(client.settings), 'This server has no sign-in by code')
    const begun = await oauth.initiateDeviceAuthorization(config, { scope: client.scopes })
    // It is shown as a link: nothing else than a web page may stand behind it.
    if (!isSafeEndpoint(begun.verification_uri))
      throw new OAuthError('grantOther', providerName(client.settings), 'The server named no page to type the code at')
    return {
      deviceCode: begun.device_code,
      userCode: begun.user_code,
      verificationUri: begun.verification_uri,
      expiresInSeconds: begun.expires_in,
    }
  })
}

/** Asks once whether the person has typed the code; null while they have not. */
export async function pollDevice(client: OAuthClient, deviceCode: string): Promise<Tokens | null> {
  return naming(client, async () => {
    const config = await configuration(client)
    try {
      return tokensOf(
        await oauth.genericGrantRequest(config, DEVICE_GRANT, {
          device_code: deviceCode,
          // Microsoft wants it in the body of a public client too; others do not mind.
          client_id: client.settings.clientId,
        }),
      )
    } catch (error) {
      const said = error instanceof oauth.ResponseBodyError ? error.error : ''
      if (said === 'authorization_pending' || said === 'slow_down') return null
      throw error
    }
  })
}

export async function refreshTokens(client: OAuthClient, refreshToken: string): Promise<Tokens> {
  return naming(client, async () => tokensOf(await oauth.refreshTokenGrant(await configuration(client), refreshToken)))
}

/** Signs the application in; for Google a service account that stands for `account` (domain-wide delegation). */
export async function applicationTokens(client: OAuthClient, account: string, now: Date): Promise<Tokens> {
  return naming(client, async () => {
    if (client.settings.provider === 'google') return serviceAccountTokens(client, account, now)
    const config = await configuration(client)
    return tokensOf(await oauth.clientCredentialsGrant(config, client.scopes ? { scope: client.scopes } : {}))
  })
}

/** RFC 7523 section 2.1, as Google describes it for service accounts. */
async function serviceAccountTokens(client: OAuthClient, account: string, now: Date): Promise<Tokens> {
  const endpoints = endpointsOf(client.settings)!
  const key = serviceAccountKey(client.secret)
  if (!key) throw new OAuthError('grantKeyUnreadable', 'Google', 'The key is not the JSON file of a service account')
  const seconds = Math.floor(now.getTime() / 1000)
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const unsigned = `${part({ alg: 'RS256', typ: 'JWT', ...(key.id ? { kid: key.id } : {}) })}.${part({
    iss: key.email,
    sub: account,
    scope: client.scopes,
    aud: endpoints.token,
    iat: seconds,
    exp: seconds + 3600,
  })}`
  const signature = sign('RSA-SHA256', Buffer.from(unsigned), key.key).toString('base64url')
  const config = await configuration({ ...client, secret: '' })
  return tokensOf(await oauth.genericGrantRequest(config, JWT_GRANT, { assertion: `${unsigned}.${signature}` }))
}

/** The parts of a service account's JSON key, or null when it is none. */
export function serviceAccountKey(text: string): { email: string; key: ReturnType<typeof createPrivateKey>; id: string } | null {
  try {
    const given = JSON.parse(text) as { client_email?: unknown; private_key?: unknown; private_key_id?: unknown }
    if (typeof given.client_email !== 'string' || typeof given.private_key !== 'string') return null
    const key = createPrivateKey(given.private_key)
    if (key.asymmetricKeyType !== 'rsa') return null
    return { email: given.client_email, key, id: typeof given.private_key_id === 'string' ? given.private_key_id : '' }
  } catch {
    return null
  }
}

async function configuration({ egress, settings, secret }: OAuthClient): Promise<oauth.Configuration> {
  const fetch = throughEgress(egress)
  const authentication = secret ? oauth.ClientSecretPost(secret) : oauth.None()
  const endpoints = endpointsOf(settings)
  if (!endpoints) {
    const issuer = new URL(settings.authority)
    return oauth.discovery(issuer, settings.clientId, {}, authentication, {
      [oauth.customFetch]: fetch,
      ...(issuer.protocol === 'http:' ? { execute: [oauth.allowInsecureRequests] } : {}),
    })
  }
  const config = new oauth.Configuration(
    {
      issuer: endpoints.issuer,
      token_endpoint: endpoints.token,
      ...(endpoints.authorization ? { authorization_endpoint: endpoints.authorization } : {}),
      ...(endpoints.device ? { device_authorization_endpoint: endpoints.device } : {}),
    },
    settings.clientId,
    {},
    authentication,
  )
  config[oauth.customFetch] = fetch
  // The settings took http for this machine only.
  if (endpoints.token.startsWith('http:')) oauth.allowInsecureRequests(config)
  return config
}

const throughEgress =
  (egress: Egress): oauth.CustomFetch =>
  async (url, options) => {
    const answer = await egress.send(url, {
      method: options.method,
      headers: options.headers,
      ...(options.body ? { body: options.body instanceof URLSearchParams ? options.body.toString() : String(options.body) } : {}),
      ...(options.signal ? { signal: options.signal } : {}),
    })
    const withoutBody = answer.status === 204 || answer.status === 304
    return new Response(withoutBody ? null : new Uint8Array(answer.body), {
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
    })
  }

const tokensOf = (given: oauth.TokenEndpointResponse): Tokens => ({
  accessToken: given.access_token,
  expiresInSeconds: given.expires_in ?? null,
  refreshToken: given.refresh_token ?? null,
})

/** Every failure leaves as OAuthError: a refusal of the provider's, or trouble on the way. */
async function naming<T>({ settings }: OAuthClient, work: () => Promise<T>): Promise<T> {
  const provider = providerName(settings)
  try {
    return await work()
  } catch (error) {
    if (error instanceof OAuthError) throw error
    if (error instanceof oauth.ResponseBodyError || error instanceof oauth.AuthorizationResponseError) {
      const description = error.error_description ?? ''
      const key = refusalOf(error.error, description)
      const refused = key !== 'grantUnavailable' && !(error instanceof oauth.ResponseBodyError && error.status >= 500)
      const detail = [error.error, description].filter(Boolean).join(': ').replace(/\s+/g, ' ').slice(0, 500)
      throw new OAuthError(refused ? key : 'grantUnavailable', provider, detail, { refused, cause: error })
    }
    // RFC 6749 section 5.2: a server may answer 401 with a challenge alone.
    if (error instanceof oauth.WWWAuthenticateChallengeError)
      throw new OAuthError('grantSecretWrong', provider, error.message, { cause: error })
    throw new OAuthError('grantUnavailable', provider, innermost(error), { refused: false, cause: error })
  }
}

/** The words of what broke first. */
function innermost(error: unknown): string {
  let at = error
  for (let depth = 0; depth < 6; depth++) {
    if (at instanceof EgressError) return at.message
    const cause = at instanceof Error ? at.cause : null
    if (!(cause instanceof Error)) break
    at = cause
  }
  return at instanceof Error ? at.message : String(at)
}
