import { EgressError } from '#core/egress.ts'
import { isGraphError } from './email/graph-session.ts'
import { isOAuthError, type OAuthRefusal } from './email/oauth-refusal.ts'

/** What is wrong with a mail server's connection, for a person: `key` is under `mail.trouble`, `detail` the server's own words. */
export interface Trouble {
  key: TroubleKey
  params: { host: string; port: number }
  detail: string
}

export type TroubleKey =
  | OAuthRefusal
  | 'tokenRefused'
  | 'refusedHost'
  | 'graphDenied'
  | 'graphMailbox'
  | 'throttled'
  | 'hostUnknown'
  | 'refused'
  | 'timeout'
  | 'unreachable'
  | 'signIn'
  | 'certificate'
  | 'tlsMismatch'
  | 'noStarttls'
  | 'folderMissing'
  | 'noJunkFolder'
  | 'passwordUnreadable'
  | 'closed'
  | 'inUse'
  | 'noMailNames'
  | 'refusedCommand'
  | 'other'

interface Failed {
  code?: unknown
  message?: unknown
  authenticationFailed?: unknown
  responseText?: unknown
  response?: unknown
  responseCode?: unknown
  serverResponseCode?: unknown
}

/** Names the trouble behind an error of imapflow, nodemailer, a sign-in server, Graph, TLS or a socket. Pure. */
export function troubleOf(error: unknown, server: { host: string; port: number }): Trouble {
  if (isOAuthError(error))
    return { key: error.key, params: { host: error.provider, port: 0 }, detail: error.message.slice(0, 500) }
  const outbound = isGraphError(error) ? graphKey(error) : error instanceof EgressError ? egressKey(error) : null
  if (outbound)
    return { key: outbound, params: { host: server.host, port: server.port }, detail: (error as Error).message.slice(0, 500) }
  const failed = (typeof error === 'object' && error !== null ? error : { message: String(error) }) as Failed
  const code = String(failed.code ?? '')
  const message = String(failed.message ?? '')
  const said = failed.responseText ?? failed.response
  const detail = String(typeof said === 'string' && said ? said : message)
    .replace(/\s+/g, ' ')
    .slice(0, 500)
  const known = (key: TroubleKey): Trouble => ({ key, params: { host: server.host, port: server.port }, detail })
  if (/\[IN-USE\]/i.test(detail)) return known('inUse')
  if (code === 'NO_JUNK') return known('noJunkFolder')
  if (/\(UIDL\)/.test(message)) return known('noMailNames')
  if (failed.authenticationFailed === true || code === 'EAUTH' || failed.serverResponseCode === 'AUTHENTICATIONFAILED')
    return known('signIn')
  if (code === 'NONEXISTENT' || failed.serverResponseCode === 'NONEXISTENT' || /mailbox (doesn't|does not) exist/i.test(detail))
    return known('folderMissing')
  if (['ENOTFOUND', 'EAI_AGAIN', 'EDNS'].includes(code) || /getaddrinfo|ENOTFOUND/.test(message)) return known('hostUnknown')
  if (/ECONNREFUSED/.test(code + message)) return known('refused')
  if (/EHOSTUNREACH|ENETUNREACH/.test(code + message)) return known('unreachable')
  if (/^(CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|ERR_TLS_CERT)/.test(code) || /certificate/i.test(message))
    return known('certificate')
  if (/WRONG_VERSION_NUMBER|wrong version number|EPROTO|packet length too long|http request/i.test(code + message))
    return known('tlsMismatch')
  if (/STARTTLS/i.test(message)) return known('noStarttls')
  if (/ETIMEDOUT|ETIMEOUT|CONNECT_TIMEOUT|GREETING_TIMEOUT|UPGRADE_TIMEOUT|timed? ?out/i.test(code + message))
    return known('timeout')
  if (
    /ECONNRESET|EPIPE|NoConnection|ClosedAfterConnect|Unexpected close|Connection not available|ECONNECTION|ESOCKET/i.test(
      code + message,
    )
  )
    return known('closed')
  if (typeof said === 'string' && said) return known('refusedCommand')
  return known('other')
}

function graphKey({ status, code }: { status: number; code: string }): TroubleKey {
  if (status === 401) return 'tokenRefused'
  if (status === 403) return 'graphDenied'
  if (/folder/i.test(code)) return 'folderMissing'
  if (status === 404) return 'graphMailbox'
  if (status === 429 || status === 503) return 'throttled'
  return 'refusedCommand'
}

function egressKey(error: EgressError): TroubleKey {
  switch (error.code) {
    case 'refused_host':
      return 'refusedHost'
    case 'unknown_host':
      return 'hostUnknown'
    case 'certificate':
      return 'certificate'
    case 'timeout':
      return 'timeout'
    case 'unreachable':
      return 'closed'
    default:
      return 'other'
  }
}

/** As stored in mailbox.last_error. */
export function readTrouble(stored: string | null): Trouble | null {
  if (!stored) return null
  try {
    return JSON.parse(stored) as Trouble
  } catch {
    return { key: 'other', params: { host: '', port: 0 }, detail: stored }
  }
}
