/** Why a provider gives no token; keys under `mail.trouble`. */
export type OAuthRefusal =
  | 'grantSecretExpired'
  | 'grantSecretWrong'
  | 'grantRevoked'
  | 'grantPasswordChanged'
  | 'grantConsent'
  | 'grantAppUnknown'
  | 'grantTenantUnknown'
  | 'grantAccountBlocked'
  | 'grantSecondFactor'
  | 'grantDenied'
  | 'grantCodeExpired'
  | 'grantScope'
  | 'grantNotAllowed'
  | 'grantKeyUnreadable'
  | 'grantMissing'
  | 'grantUnavailable'
  | 'grantOther'

/** No token: `refused` when the provider said no, so that only a person can mend it; else it may work in a moment. */
export class OAuthError extends Error {
  readonly key: OAuthRefusal
  readonly refused: boolean
  /** As people know it: Microsoft. */
  readonly provider: string
  constructor(key: OAuthRefusal, provider: string, detail: string, options: { refused?: boolean; cause?: unknown } = {}) {
    super(detail, { cause: options.cause })
    this.name = 'OAuthError'
    this.key = key
    this.provider = provider
    this.refused = options.refused ?? true
  }
}

export const isOAuthError = (error: unknown): error is OAuthError => error instanceof Error && error.name === 'OAuthError'

/** Microsoft's error numbers (learn.microsoft.com/entra/identity-platform/reference-error-codes). */
const MICROSOFT: Record<string, OAuthRefusal> = {
  AADSTS7000222: 'grantSecretExpired',
  AADSTS7000215: 'grantSecretWrong',
  AADSTS7000216: 'grantSecretWrong',
  AADSTS7000218: 'grantSecretWrong',
  AADSTS700016: 'grantAppUnknown',
  AADSTS7000112: 'grantAppUnknown',
  AADSTS90002: 'grantTenantUnknown',
  AADSTS900023: 'grantTenantUnknown',
  AADSTS65001: 'grantConsent',
  AADSTS65004: 'grantDenied',
  AADSTS50173: 'grantPasswordChanged',
  AADSTS50133: 'grantPasswordChanged',
  AADSTS50057: 'grantAccountBlocked',
  AADSTS50034: 'grantAccountBlocked',
  AADSTS50105: 'grantNotAllowed',
  AADSTS50076: 'grantSecondFactor',
  AADSTS50078: 'grantSecondFactor',
  AADSTS50079: 'grantSecondFactor',
  AADSTS50158: 'grantSecondFactor',
  AADSTS53003: 'grantSecondFactor',
  AADSTS700082: 'grantRevoked',
  AADSTS70008: 'grantRevoked',
  AADSTS70043: 'grantRevoked',
  AADSTS70000: 'grantRevoked',
  AADSTS70020: 'grantCodeExpired',
  AADSTS70016: 'grantCodeExpired',
  AADSTS7000014: 'grantNotAllowed',
}

/** Names what a token endpoint's error means (RFC 6749 section 5.2, RFC 8628 section 3.5). Pure. */
export function refusalOf(error: string, description: string): OAuthRefusal {
  const known = MICROSOFT[/AADSTS\d+/.exec(description)?.[0] ?? '']
  if (known) return known
  switch (error) {
    case 'invalid_client':
      return /expired/i.test(description) ? 'grantSecretExpired' : 'grantSecretWrong'
    case 'invalid_grant':
      return 'grantRevoked'
    case 'consent_required':
    case 'interaction_required':
    case 'login_required':
      return 'grantConsent'
    case 'access_denied':
    case 'authorization_declined':
      return 'grantDenied'
    case 'expired_token':
    case 'code_expired':
    case 'bad_verification_code':
      return 'grantCodeExpired'
    case 'invalid_scope':
      return 'grantScope'
    case 'unauthorized_client':
    case 'unsupported_grant_type':
      return 'grantNotAllowed'
    case 'temporarily_unavailable':
    case 'server_error':
    case 'slow_down':
      return 'grantUnavailable'
    default:
      return 'grantOther'
  }
}
