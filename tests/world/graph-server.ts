import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface GraphMessage {
  id: string
  folder: string
  raw: Buffer
  receivedAt: Date
  isRead: boolean
  isDraft: boolean
}

export interface Hiccup {
  status: number
  code?: string
  retryAfter?: number
  /** Ends the connection in the middle of an answer instead. */
  breakOff?: boolean
}

export interface GraphServer extends AsyncDisposable {
  readonly endpoint: string
  readonly port: number
  readonly messages: GraphMessage[]
  /** Mails that were sent, by sendMail or from a draft, as the recipients get them. */
  readonly received: { raw: Buffer }[]
  /** Drafts that were sent with attachments of their own: name and octets. */
  readonly attached: { name: string; octets: Buffer; isInline: boolean }[]
  /** `METHOD path` of every call, ids left out. */
  readonly calls: string[]
  /** Puts a mail into a folder, as if it had just come. */
  deliver(raw: string | Buffer, options?: { folder?: string; at?: Date }): GraphMessage
  /** What the next calls that match get instead, in turn. */
  stumble(match: RegExp, ...hiccups: Hiccup[]): void
  /** Forgets where every delta query had been, as Microsoft does after some weeks. */
  forget(): void
}

const USER = /^\/v1\.0\/users\/([^/]+)(\/.*)$/

/**
 * A server that speaks the parts of Microsoft Graph v1.0 that the desk uses, as published: folders, delta queries with skip and delta
 * tokens, MIME content, PATCH, move, DELETE, sendMail with MIME, drafts, upload sessions, and errors in their JSON form.
 */
export async function startGraphServer(options: {
  user: string
  /** Whether a token is good. */
  accepts(token: string): boolean | Promise<boolean>
  pageSize?: number
}): Promise<GraphServer> {
  const messages: GraphMessage[] = []
  const received: { raw: Buffer }[] = []
  const attached: { name: string; octets: Buffer; isInline: boolean }[] = []
  const calls: string[] = []
  const stumbles: { match: RegExp; left: Hiccup[] }[] = []
  /** Order of arrival in a folder; a delta token is a place in it. */
  const arrivals: { folder: string; message: GraphMessage }[] = []
  const uploads = new Map<string, { name: string; isInline: boolean; size: number; parts: Buffer[] }>()
  const drafts = new Map<string, GraphMessage>()
  let epoch = 1
  let next = 1
  const folders: Record<string, string> = {
    inbox: 'f-inbox',
    archive: 'f-archive',
    deleteditems: 'f-deleted',
    junkemail: 'f-junk',
  }
  const named: Record<string, string> = { Done: 'f-done' }

  const server = http.createServer((request, response) => void handle(request, response))
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const port = (server.address() as AddressInfo).port
  const endpoint = `http://127.0.0.1:${port}`

  const say = (response: ServerResponse, status: number, body?: unknown, headers: Record<string, string> = {}): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(body === undefined ? undefined : JSON.stringify(body))
  }
  const fail = (response: ServerResponse, status: number, code: string): void =>
    say(response, status, { error: { code, message: `${code} was the reason`, innerError: {} } })

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const body = Buffer.concat(parts)
    const url = new URL(request.url ?? '/', endpoint)
    const path = decodeURIComponent(url.pathname)
    const name = `${request.method} ${path.replace(/^\/v1\.0\/users\/[^/]+/, '').replace(/m-\d+/g, ':id')}`
    calls.push(name)
    const stumble = stumbles.find((one) => one.left.length > 0 && one.match.test(name))
    const hiccup = stumble?.left.shift()
    if (hiccup?.breakOff) {
      response.writeHead(200, { 'content-length': '1000000' })
      response.write('From: half', () => response.socket?.destroy())
      return
    }
    if (hiccup)
      return say(
        response,
        hiccup.status,
        { error: { code: hiccup.code ?? 'Hiccup', message: 'as the test wants it' } },
        hiccup.retryAfter ? { 'retry-after': String(hiccup.retryAfter) } : {},
      )
    if (path.startsWith('/upload/')) return takeUpload(request, response, path, body)

    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
    if (!(await options.accepts(token))) return fail(response, 401, 'InvalidAuthenticationToken')
    const [, user, rest] = USER.exec(path) ?? []
    if (!rest) return fail(response, 404, 'BadRequest')
    if (user?.toLowerCase() !== options.user) return fail(response, 404, 'ErrorInvalidUser')
    const immutable = /IdType="ImmutableId"/.test(String(request.headers.prefer ?? ''))
    if (!immutable) return fail(response, 400, 'TestWantsImmutableIds')

    const delta = /^\/mailFolders\/([^/]+)\/messages\/delta$/.exec(rest)
    if (delta) return answerDelta(response, folders[delta[1]!] ?? delta[1]!, url, String(request.headers.prefer))
    const listed = /^\/mailFolders\/([^/]+)\/messages$/.exec(rest)
    if (listed) {
      const wanted = folders[listed[1]!] ?? listed[1]!
      const newest = messages.filter((one) => one.folder === wanted).sort((a, b) => Number(b.receivedAt) - Number(a.receivedAt))
      return say(response, 200, {
        value: newest.slice(0, Number(url.searchParams.get('$top') ?? 10)).map((one) => aboutMail(one, url)),
      })
    }
    const folder = /^\/mailFolders\/([^/]+)$/.exec(rest)
    if (folder) {
      const id = folders[folder[1]!]
      return id ? say(response, 200, { id }) : fail(response, 404, 'ErrorFolderNotFound')
    }
    if (rest === '/mailFolders') {
      const asked = /displayName eq '(.*)'/.exec(url.searchParams.get('$filter') ?? '')?.[1] ?? ''
      return say(response, 200, { value: named[asked] ? [{ id: named[asked], displayName: asked }] : [] })
    }
    if (rest === '/sendMail' && request.method === 'POST') {
      received.push({ raw: Buffer.from(body.toString(), 'base64') })
      return say(response, 202)
    }
    if (rest === '/messages' && request.method === 'POST') {
      const raw = Buffer.from(body.toString(), 'base64')
      const draft = { id: `m-${next++}`, folder: 'f-drafts', raw, receivedAt: new Date(), isRead: true, isDraft: true }
      drafts.set(draft.id, draft)
      return say(response, 201, { id: draft.id })
    }
    if (rest === '/messages' && request.method === 'GET') {
      const id = /internetMessageId eq '(.*)'/.exec(url.searchParams.get('$filter') ?? '')?.[1] ?? ''
      const sent = received
        .filter((one) => one.raw.toString().includes(`Message-ID: ${id}`))
        .map(() => ({ id: 'm-0', isDraft: false }))
      const open = [...drafts.values()]
        .filter((one) => one.raw.toString().includes(`Message-ID: ${id}`))
        .map((one) => ({ id: one.id, isDraft: true }))
      return say(response, 200, { value: [...sent, ...open] })
    }
    const [, id, act = ''] = /^\/messages\/([^/]+)(\/.*)?$/.exec(rest) ?? []
    const message = messages.find((one) => one.id === id) ?? drafts.get(id ?? '')
    if (!message) return fail(response, 404, 'ErrorItemNotFound')
    if (act === '' && request.method === 'GET') return say(response, 200, aboutMail(message, url))
    if (act === '/$value') {
      response.writeHead(200, { 'content-type': 'text/plain' })
      response.end(message.raw)
      return
    }
    if (act === '/move') {
      message.folder = (JSON.parse(body.toString()) as { destinationId: string }).destinationId
      return say(response, 201, { id })
    }
    if (act === '/attachments/createUploadSession') {
      const item = (JSON.parse(body.toString()) as { AttachmentItem: { name: string; size: number; isInline?: boolean } })
        .AttachmentItem
      const key = `u-${next++}`
      uploads.set(key, { name: item.name, isInline: item.isInline === true, size: item.size, parts: [] })
      return say(response, 201, { uploadUrl: `${endpoint}/upload/${key}` })
    }
    if (act === '/attachments') {
      const file = JSON.parse(body.toString()) as { name: string; contentBytes: string; isInline: boolean }
      attached.push({ name: file.name, octets: Buffer.from(file.contentBytes, 'base64'), isInline: file.isInline })
      return say(response, 201, { id: 'a-1' })
    }
    if (act === '/send') {
      drafts.delete(message.id)
      received.push({ raw: message.raw })
      return say(response, 202)
    }
    if (request.method === 'PATCH') {
      message.isRead = (JSON.parse(body.toString()) as { isRead: boolean }).isRead
      return say(response, 200, { id })
    }
    if (request.method === 'DELETE') {
      drafts.delete(message.id)
      message.folder = 'f-deleted'
      return say(response, 204)
    }
    fail(response, 400, 'BadRequest')
  }

  function aboutMail(message: GraphMessage, url: URL) {
    const head = message.raw.toString()
    const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1]?.trim() ?? ''
    const [, name = '', address = ''] = /^(.*?)\s*<(.+)>$/.exec(field('From')) ?? []
    return {
      id: message.id,
      subject: field('Subject'),
      parentFolderId: message.folder,
      receivedDateTime: message.receivedAt.toISOString(),
      from: { emailAddress: { name, address } },
      ...(url.searchParams.has('$expand')
        ? { singleValueExtendedProperties: [{ id: 'Integer 0xe08', value: String(message.raw.length) }] }
        : {}),
    }
  }

  function takeUpload(request: IncomingMessage, response: ServerResponse, path: string, body: Buffer) {
    const upload = uploads.get(path.slice('/upload/'.length))
    // The address is the right; a token has no place here.
    if (!upload || request.headers.authorization) return fail(response, 401, 'NotForYou')
    const [, from, to, size] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(request.headers['content-range'] ?? '') ?? []
    const have = upload.parts.reduce((sum, part) => sum + part.length, 0)
    if (Number(from) !== have || Number(to) - Number(from) + 1 !== body.length || Number(size) !== upload.size)
      return fail(response, 416, 'InvalidRange')
    upload.parts.push(body)
    if (Number(to) + 1 < upload.size) return say(response, 200, { nextExpectedRanges: [`${Number(to) + 1}-`] })
    attached.push({ name: upload.name, octets: Buffer.concat(upload.parts), isInline: upload.isInline })
    say(response, 201)
  }

  function answerDelta(response: ServerResponse, folder: string, url: URL, prefer: string) {
    const given = url.searchParams.get('$skiptoken') ?? url.searchParams.get('$deltatoken')
    const [tokenEpoch, since, place] = given?.split('_') ?? [
      String(epoch),
      /receivedDateTime ge (\S+)/.exec(url.searchParams.get('$filter') ?? '')?.[1] ?? '',
      '0',
    ]
    if (Number(tokenEpoch) !== epoch)
      return say(response, 410, { error: { code: 'SyncStateNotFound', message: 'The sync state generation is not found' } })
    const size = Math.min(options.pageSize ?? 1000, Number(/odata\.maxpagesize=(\d+)/.exec(prefer)?.[1] ?? 50))
    const from = Number(place)
    const page = arrivals.slice(from, from + size)
    const at = from + page.length
    const value = page
      .filter((one) => one.folder === folder && one.message.receivedAt >= new Date(since!))
      .map(({ message }) =>
        message.folder === folder
          ? {
              '@odata.type': '#microsoft.graph.message',
              id: message.id,
              receivedDateTime: `${message.receivedAt.toISOString().slice(0, 19)}Z`,
              isRead: message.isRead,
              isDraft: message.isDraft,
            }
          : { id: message.id, '@removed': { reason: 'changed' } },
      )
    const link = `${endpoint}/v1.0/users/${options.user}/mailFolders/${folder}/messages/delta`
    const token = encodeURIComponent(`${epoch}_${since}_${at}`)
    say(
      response,
      200,
      at < arrivals.length
        ? { value, '@odata.nextLink': `${link}?$skiptoken=${token}` }
        : { value, '@odata.deltaLink': `${link}?$deltatoken=${token}` },
    )
  }

  return {
    endpoint,
    port,
    messages,
    received,
    attached,
    calls,
    deliver(raw, where = {}) {
      const message = {
        id: `m-${next++}`,
        folder: where.folder ?? 'f-inbox',
        raw: Buffer.from(typeof raw === 'string' ? raw.replace(/\r?\n/g, '\r\n') : raw),
        receivedAt: where.at ?? new Date(),
        isRead: false,
        isDraft: false,
      }
      messages.push(message)
      arrivals.push({ folder: message.folder, message })
      return message
    },
    stumble(match, ...hiccups) {
      stumbles.push({ match, left: hiccups })
    },
    forget() {
      epoch += 1
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}
