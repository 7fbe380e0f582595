import { type Egress, type EgressAnswer, EgressError } from '#core/egress.ts'
import type { GraphSettings } from '../mailbox-input.ts'
import { GRAPH } from './oauth-settings.ts'

/** What Graph answered instead of what was asked (learn.microsoft.com/graph/errors). */
export class GraphError extends Error {
  readonly status: number
  /** `ErrorItemNotFound` and the like; '' when it gave none. */
  readonly code: string
  /** When the server asked to be left alone. */
  readonly retryAfterSeconds: number | null
  constructor(status: number, code: string, message: string, retryAfterSeconds: number | null) {
    super(message)
    this.name = 'GraphError'
    this.status = status
    this.code = code
    this.retryAfterSeconds = retryAfterSeconds
  }
}

export const isGraphError = (error: unknown): error is GraphError => error instanceof Error && error.name === 'GraphError'

export interface GraphAccess {
  egress: Egress
  settings: GraphSettings
  /** An access token; `rejected`: the one that the server would not take. */
  token(rejected?: string): Promise<string>
}

export interface GraphHead {
  /** Stays the same when the message is moved within its mailbox. */
  id: string
  receivedAt: Date
  seen: boolean
}

export interface GraphPage {
  heads: GraphHead[]
  /** Where to go on: now, or after a while when `isLast`. */
  link: string
  isLast: boolean
}

export interface GraphSession {
  /** A page of what came into the folder: since `since` at first, then from where `link` was. Rejects with GraphError 410 when that is forgotten. */
  page(link: string | null, since: Date): Promise<GraphPage>
  /** The octets of one message, up to `maxBytes`; null when it is gone. */
  raw(id: string, maxBytes: number): Promise<{ raw: Buffer; isCut: boolean } | null>
  /** What the settings say about a message that was taken; one that is gone is no failure. */
  settle(head: GraphHead): Promise<void>
}

const RAW_MS = 120_000

export const graphHost = (settings: GraphSettings): string => new URL(settings.endpoint || GRAPH).host

/** The folder's session. Rejects with GraphError, EgressError or OAuthError when the folder cannot be opened. */
export async function openGraph(access: GraphAccess): Promise<GraphSession> {
  const { settings } = access
  const folder = await folderId(access, settings.folder)
  const target = settings.afterFetch === 'move' ? await folderId(access, settings.moveTo) : ''
  const messages = `${userPath(settings)}/messages`
  return {
    async page(link, since) {
      // Parts of a second are cut off by some servers.
      const from = `${new Date(Math.floor(since.getTime() / 1000) * 1000).toISOString().slice(0, 19)}Z`
      const first = `${userPath(settings)}/mailFolders/${encodeURIComponent(folder)}/messages/delta?${new URLSearchParams({
        changeType: 'created',
        $select: 'receivedDateTime,isRead,isDraft',
        $filter: `receivedDateTime ge ${from}`,
      })}`
      const answer = await callGraph(access, 'GET', link ?? first, {
        headers: { Prefer: `${IMMUTABLE}, odata.maxpagesize=${settings.batch}` },
      })
      const body = json(answer)
      const next = text(body['@odata.nextLink'])
      const delta = text(body['@odata.deltaLink'])
      if (!next && !delta) throw new GraphError(answer.status, '', 'The server did not say where to go on', null)
      const heads = (Array.isArray(body.value) ? (body.value as Record<string, unknown>[]) : [])
        .filter((one) => typeof one.id === 'string' && one['@removed'] === undefined && one.isDraft !== true)
        .map((one) => ({
          id: one.id as string,
          receivedAt: new Date(text(one.receivedDateTime) || 0),
          seen: one.isRead === true,
        }))
      return { heads, link: next || delta, isLast: !next }
    },
    async raw(id, maxBytes) {
      try {
        const answer = await callGraph(access, 'GET', `${messages}/${encodeURIComponent(id)}/$value`, {
          maxBytes,
          beyond: 'cut',
          timeoutMs: RAW_MS,
        })
        return { raw: answer.body, isCut: answer.isCut }
      } catch (error) {
        if (isGone(error)) return null
        throw error
      }
    },
    async settle(head) {
      const path = `${messages}/${encodeURIComponent(head.id)}`
      try {
        if (!head.seen && settings.afterFetch !== 'delete') await callGraph(access, 'PATCH', path, { json: { isRead: true } })
        if (settings.afterFetch === 'move') await callGraph(access, 'POST', `${path}/move`, { json: { destinationId: target } })
        if (settings.afterFetch === 'delete') await callGraph(access, 'DELETE', path)
      } catch (error) {
        // Somebody else moved or deleted it; the message itself is taken.
        if (!isGone(error)) throw error
      }
    },
  }
}

const isGone = (error: unknown): boolean => isGraphError(error) && (error.status === 404 || error.status === 410)

const IMMUTABLE = 'IdType="ImmutableId"'

export const userPath = (settings: GraphSettings): string => `/users/${encodeURIComponent(settings.user)}`

/** Names that mean the same folder in every language (learn.microsoft.com/graph/api/resources/mailfolder). */
const WELL_KNOWN = ['inbox', 'archive', 'junkemail', 'deleteditems', 'sentitems']

/** A folder's id, of a well-known name or names from the top parted by `/`. */
export async function folderId(access: GraphAccess, path: string): Promise<string> {
  const base = `${userPath(access.settings)}/mailFolders`
  const compact = path.replace(/\s+/g, '').toLowerCase()
  if (WELL_KNOWN.includes(compact)) return text(json(await callGraph(access, 'GET', `${base}/${compact}?$select=id`)).id)
  let id = ''
  for (const name of path.split('/').filter(Boolean)) {
    const list = id ? `${base}/${encodeURIComponent(id)}/childFolders` : base
    const query = new URLSearchParams({ $select: 'id,displayName', $filter: `displayName eq '${name.replaceAll("'", "''")}'` })
    const found = json(await callGraph(access, 'GET', `${list}?${query}`)).value as { id: string }[] | undefined
    if (!found?.[0]) throw new GraphError(404, 'ErrorFolderNotFound', `There is no folder ${path}`, null)
    id = found[0].id
  }
  return id
}

/** One call. A token that is refused is renewed once. Rejects with GraphError for any answer from 300. */
export async function callGraph(
  access: GraphAccess,
  method: string,
  to: string,
  options: {
    headers?: Record<string, string>
    json?: unknown
    body?: string | Uint8Array
    maxBytes?: number
    beyond?: 'fail' | 'cut'
    timeoutMs?: number
  } = {},
): Promise<EgressAnswer> {
  const base = (access.settings.endpoint || GRAPH).replace(/\/+$/, '')
  const url = new URL(to.startsWith('/') ? `${base}/v1.0${to}` : to)
  // A link of the server's own leads to where it came from, or the token would go elsewhere.
  if (url.origin !== new URL(base).origin) throw new EgressError('bad_address', url.hostname, 'The server named a link elsewhere')
  const ask = (token: string): Promise<EgressAnswer> =>
    access.egress.send(url, {
      method,
      headers: {
        Authorization: `Bearer ${token}`,
        Prefer: IMMUTABLE,
        Accept: 'application/json',
        ...(options.json === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...options.headers,
      },
      ...(options.json === undefined ? {} : { body: JSON.stringify(options.json) }),
      ...(options.body === undefined ? {} : { body: options.body }),
      maxBytes: options.maxBytes ?? 4 * 1024 * 1024,
      beyond: options.beyond ?? 'fail',
      timeoutMs: options.timeoutMs ?? 60_000,
    })
  const token = await access.token()
  let answer = await ask(token)
  if (answer.status === 401) {
    const renewed = await access.token(token)
    if (renewed !== token) answer = await ask(renewed)
  }
  if (answer.status >= 300) throw errorOf(answer)
  return answer
}

function errorOf(answer: EgressAnswer): GraphError {
  let error: { code?: unknown; message?: unknown } = {}
  try {
    error = (JSON.parse(answer.body.toString('utf8')) as { error?: typeof error }).error ?? {}
  } catch {
    // A gateway in between speaks no JSON.
  }
  const after = Number(answer.headers.get('retry-after'))
  const message = (text(error.message) || `HTTP ${answer.status}`).replace(/\s+/g, ' ').slice(0, 500)
  return new GraphError(
    answer.status,
    text(error.code),
    message,
    Number.isFinite(after) && after > 0 ? Math.min(after, 3600) : null,
  )
}

function json(answer: EgressAnswer): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(answer.body.toString('utf8'))
    if (typeof parsed === 'object' && parsed !== null) return parsed as Record<string, unknown>
  } catch {
    // Said below.
  }
  throw new GraphError(answer.status, '', 'The answer was no JSON', null)
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
