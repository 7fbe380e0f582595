import { createHash } from 'node:crypto'
import { createTransport, type Transporter } from 'nodemailer'
import type { Context } from '#core/context.ts'
import { blobs } from '#files/blob-store.ts'
import type { Channel, SendResult } from '../channel.ts'
import { isReplyAddress, loopToken, mailKey } from '../mail-keys.ts'
import type { SmtpServer } from '../mailbox-input.ts'
import { type SendingLimits, type SendingServer, type SendingWay, sendingWayOf } from '../mailbox-store.ts'
import { mailboxToken } from '../mailbox-token.ts'
import { envelopeOf, type OutboundMessage } from '../outbound-message.ts'
import { openKeyFor } from '../signing-keys.ts'
import { composeMail, UnwritableMail } from './compose-mail.ts'
import { classifyFailure, type SmtpError } from './failure-class.ts'
import { classifyGraphFailure, openGraphSender } from './graph-send.ts'
import { signMail } from './sign-mail.ts'
import { signBounceTag } from './signed-address.ts'

interface Sender {
  transport: Transporter
  /** Until when this server is left alone after it failed, and how often in a row it did. */
  pausedUntil: number
  failures: number
  pause: Extract<SendResult, { ok: false }> | null
  /** Messages that are being handed over at this moment. */
  busy: number
  /** How long handing over took lately, in milliseconds. */
  usual: number
  /** When the next message may leave by its rate, and the time that was last given to one that must wait; epoch milliseconds. */
  freeAt: number
  promised: number
  usedAt: number
}

export interface EmailChannel extends Channel, AsyncDisposable {}

/** The pool's own bound; how many are used at once is decided by the mailbox's setting. */
const MOST_CONNECTIONS = 20
const MAX_PAUSE_MS = 5 * 60_000
/** Providers lock accounts after repeated wrong passwords. */
const SIGN_IN_PAUSE_MS = 10 * 60_000

/**
 * E-mail out: a pool of connections per sending server, and a pause for one that does not answer, so that it delays no other.
 * `onlyByUrl`: every message leaves by `smtpUrl`, whatever server its mailbox names.
 */
export function openEmailChannel(options: { smtpUrl: string | null; onlyByUrl?: boolean }): EmailChannel {
  const senders = new Map<string, Sender>()
  const byUrl = options.smtpUrl ? serverOfUrl(options.smtpUrl) : null

  const byGraph = openGraphSender({ token: accessToken, octetsOf: bytesOf })

  const senderFor = (server: SendingServer & { accessToken?: string }, now: number): Sender => {
    // New settings are a new server: no pause is inherited from wrong ones.
    const key = createHash('sha256').update(JSON.stringify(server)).digest('base64url')
    let sender = senders.get(key)
    if (!sender) {
      for (const [old, other] of senders) {
        if (now - other.usedAt > 3_600_000) {
          other.transport.close()
          senders.delete(old)
        }
      }
      sender = {
        transport: transportOf(server.settings, credentialOf(server), true),
        pausedUntil: 0,
        failures: 0,
        pause: null,
        busy: 0,
        usual: 500,
        freeAt: 0,
        promised: 0,
        usedAt: now,
      }
      senders.set(key, sender)
    }
    sender.usedAt = now
    return sender
  }

  const bySmtp = async (
    ctx: Context,
    message: OutboundMessage,
    server: SendingServer & { accessToken?: string },
  ): Promise<SendResult> => {
    const now = ctx.clock.now().getTime()
    const sender = senderFor(server, now)
    const limits = server.limits ?? DEFAULT_LIMITS
    // After a failure one message at a time finds out whether the server is back; the others do not wait for its silence.
    if (sender.pause && (sender.pausedUntil > now || sender.busy > 0)) {
      return {
        ...sender.pause,
        retryAt: new Date(Math.max(sender.pausedUntil, now + 5_000) + Math.floor(spread(message.id) * 5_000)),
      }
    }

    const turn = takeTurn(sender, limits, now)
    if (turn !== null)
      return {
        ok: false,
        class: 'try_again',
        reason: 'waiting_turn',
        detail: 'This server has enough to do',
        retryAt: new Date(turn),
      }

    const { content } = message
    // From here on it counts: what follows waits.
    sender.busy += 1
    const tag = signBounceTag(mailKey(ctx), message.id)
    try {
      let raw: Buffer
      try {
        raw = await bytesOf(ctx, message)
      } catch (error) {
        if ((error as { code?: string }).code === 'ENOENT')
          return { ok: false, class: 'final', reason: 'bad_message', detail: 'An attached file is missing' }
        // Another try cannot mend what cannot be written; it can mend a full disk, too many open files, a folder that is away.
        if (error instanceof UnwritableMail) return { ok: false, class: 'final', reason: 'bad_message', detail: error.message }
        return { ok: false, class: 'try_again', reason: 'unknown', detail: (error as Error).message }
      }
      const info = await sender.transport.sendMail({
        envelope: {
          // Answers come to a signed address: then plus parts of this mailbox reach us, and so do its bounces.
          from: takesPlusParts(ctx, content) ? tagged(content.from.address, tag) : content.from.address,
          to: envelopeOf(message),
        },
        // Where the server can (RFC 3461): reports name the message, and none is asked for success.
        dsn: { id: tag, return: 'headers', notify: ['failure', 'delay'] },
        raw,
      })
      sender.usual = sender.usual * 0.8 + Math.max(0, ctx.clock.now().getTime() - now) * 0.2
      sender.failures = 0
      sender.pause = null
      // One list for 4xx and 5xx: the server took the mail for somebody, and these it put off or refused (RFC 5321 section 3.3).
      const errors = (info as { rejectedErrors?: (SmtpError & { recipient?: string })[] }).rejectedErrors ?? []
      return {
        ok: true,
        response: String(info.response ?? ''),
        refused: errors.map((error) => {
          const failure = classifyFailure(error)
          return {
            address: error.recipient ?? '',
            detail: failure.detail,
            reason: failure.reason,
            temporary: failure.class === 'try_again',
          }
        }),
      }
    } catch (error) {
      const failure = classifyFailure(error)
      const result: SendResult = { ok: false, class: failure.class, reason: failure.reason, detail: failure.detail }
      if (['cannot_connect', 'certificate', 'sign_in_failed'].includes(failure.reason)) {
        sender.failures += 1
        const pause =
          failure.reason === 'sign_in_failed'
            ? SIGN_IN_PAUSE_MS
            : Math.min(MAX_PAUSE_MS, 5_000 * 2 ** Math.min(sender.failures, 8))
        sender.pausedUntil = now + pause
        sender.pause = result
      }
      return result
    } finally {
      sender.busy -= 1
    }
  }

  return {
    name: 'email',
    async send(ctx, message) {
      let way: SendingWay | null
      try {
        way =
          (options.onlyByUrl || message.mailbox === null ? null : await sendingWayOf(ctx, message.mailbox)) ??
          (byUrl && { by: 'smtp', server: byUrl }) ??
          (message.mailbox === null && !options.onlyByUrl ? await sendingWayOf(ctx, null) : null)
      } catch (error) {
        return { ok: false, class: 'ask_administrator', reason: 'password_unreadable', detail: (error as Error).message }
      }
      if (!way) return { ok: false, class: 'ask_administrator', reason: 'no_server', detail: 'No sending server is set up' }
      if (way.by === 'graph') return byGraph.send(ctx, message, way)
      if (way.server.oauth === undefined) return bySmtp(ctx, message, way.server)
      try {
        const token = await accessToken(ctx, way.server.oauth)
        const result = await bySmtp(ctx, message, { ...way.server, accessToken: token })
        if (result.ok || result.reason !== 'sign_in_failed' || result.retryAt) return result
        // The server would not take the token: it may have been withdrawn before its time.
        const renewed = await accessToken(ctx, way.server.oauth, token)
        return renewed === token ? result : await bySmtp(ctx, message, { ...way.server, accessToken: renewed })
      } catch (error) {
        return { ok: false, ...classifyGraphFailure(error) }
      }
    },
    async [Symbol.asyncDispose]() {
      for (const sender of senders.values()) sender.transport.close()
      senders.clear()
    },
  }
}

const DEFAULT_LIMITS: SendingLimits = { connections: 3, perMinute: null }

/**
 * null: go ahead. Else the time at which this message shall come again: the server has as many connections as it may, or as many
 * messages this minute. Each that waits gets a time of its own, so that they do not all come at once.
 */
export function takeTurn(
  sender: Pick<Sender, 'busy' | 'usual' | 'freeAt' | 'promised'>,
  limits: SendingLimits,
  now: number,
): number | null {
  const gap = limits.perMinute === null ? 0 : 60_000 / limits.perMinute
  const isFull = sender.busy >= limits.connections
  if (!isFull && now >= sender.freeAt) {
    sender.freeAt = Math.max(now, sender.freeAt) + gap
    return null
  }
  const step = Math.max(gap, isFull ? Math.max(sender.usual, 100) / limits.connections : 0)
  sender.promised = Math.max(sender.promised + step, now + 250, sender.freeAt)
  return Math.ceil(sender.promised)
}

/** Answers come to a signed address that is a plus part of the sender's own: so do reports. */
function takesPlusParts(ctx: Context, { from, replyTo }: OutboundMessage['content']): boolean {
  const at = from.address.lastIndexOf('@')
  const [local, domain] = [from.address.slice(0, at).toLowerCase(), from.address.slice(at).toLowerCase()]
  const answers = replyTo?.address.toLowerCase() ?? ''
  return answers.startsWith(`${local}+`) && answers.endsWith(domain) && isReplyAddress(ctx, answers)
}

/** `support@desk.example` → `support+TAG@desk.example`, when that leaves room (RFC 5321 section 4.5.3.1.1). */
function tagged(address: string, tag: string): string {
  const at = address.lastIndexOf('@')
  const local = `${address.slice(0, at)}+${tag}`
  return at > 0 && local.length <= 64 ? `${local}${address.slice(at)}` : address
}

/** The octets of a stored message: the same on every try. */
export async function bytesOf(ctx: Context, message: OutboundMessage): Promise<Buffer> {
  const { content } = message
  const store = ctx.slots.use(blobs)
  const parts = await Promise.all(content.files.map(async (file) => ({ ...file, content: await store.read(file.blob) })))
  const raw = await composeMail({
    from: content.from,
    replyTo: content.replyTo,
    to: content.to,
    cc: content.cc,
    subject: content.subject,
    messageId: message.messageId,
    inReplyTo: content.inReplyTo,
    references: content.references,
    date: new Date(content.date),
    boundary: content.boundary,
    text: content.text,
    html: content.html,
    inlineImages: parts.flatMap(({ name, contentType, contentId, content }) =>
      contentId ? [{ name, contentType, contentId, content }] : [],
    ),
    attachments: parts.flatMap(({ name, contentType, contentId, content }) =>
      contentId ? [] : [{ name, contentType, content }],
    ),
    automatic: content.automatic,
    loopToken: loopToken(ctx),
    ...(content.headers ? { headers: content.headers } : {}),
  })
  const key = await openKeyFor(ctx, content.from.address)
  if (!key || message.createdAt < key.since) return raw
  try {
    return await signMail(raw, key, new Date(content.date))
  } catch (error) {
    // Unsigned it still arrives in most cases; not sent, it never does.
    ctx.log.error({ message: message.id, err: error }, 'a message leaves without its signature')
    return raw
  }
}

/** Between 0 and 1, the same for the same message: messages that wait for one server do not come back at one moment. */
const spread = (id: number): number => (id % 97) / 97

const accessToken = async (ctx: Context, mailbox: number, rejected?: string): Promise<string> =>
  (await mailboxToken(ctx, mailbox, rejected ? { rejected } : {})).accessToken

/** A password, or what a provider gave instead (RFC 7628). */
export type SmtpCredential = string | { accessToken: string }

const credentialOf = (server: SendingServer & { accessToken?: string }): SmtpCredential =>
  server.accessToken === undefined ? server.password : { accessToken: server.accessToken }

function transportOf(server: SmtpServer, credential: SmtpCredential, pool: boolean): Transporter {
  return createTransport({
    ...(pool
      ? { pool: true as const, maxConnections: MOST_CONNECTIONS, maxMessages: 200, maxRequeues: 1, idleTimeout: 20_000 }
      : {}),
    host: server.host,
    port: server.port,
    secure: server.security === 'tls',
    requireTLS: server.security === 'starttls',
    ignoreTLS: server.security === 'none',
    ...(server.user
      ? {
          auth:
            typeof credential === 'string'
              ? { user: server.user, pass: credential }
              : { type: 'OAuth2', user: server.user, accessToken: credential.accessToken },
        }
      : {}),
    connectionTimeout: 20_000,
    greetingTimeout: 20_000,
    socketTimeout: 120_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  } as Parameters<typeof createTransport>[0])
}

/** SMTP_URL: smtp://user:password@host:port, smtps:// for TLS from the first byte; `?security=starttls` demands it. */
export function serverOfUrl(text: string): SendingServer {
  const url = new URL(text)
  const secure = url.protocol === 'smtps:'
  const asked = url.searchParams.get('security')
  const count = (name: string, most: number): number | null => {
    const given = Number(url.searchParams.get(name))
    return Number.isInteger(given) && given > 0 ? Math.min(given, most) : null
  }
  return {
    limits: {
      connections: count('connections', MOST_CONNECTIONS) ?? DEFAULT_LIMITS.connections,
      perMinute: count('perMinute', 100_000),
    },
    settings: {
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port ? Number(url.port) : secure ? 465 : 587,
      security: secure ? 'tls' : asked === 'starttls' || asked === 'none' ? asked : url.username ? 'starttls' : 'none',
      user: decodeURIComponent(url.username),
    },
    password: decodeURIComponent(url.password),
  }
}

/** Connects and signs in; sends nothing. Rejects when that does not work. */
export async function testSmtp(server: SmtpServer, credential: SmtpCredential): Promise<void> {
  const transport = transportOf(server, credential, false)
  try {
    await transport.verify()
  } finally {
    transport.close()
  }
}
