import { addSeconds } from '#core/clock.ts'
import type { Context } from '#core/context.ts'
import { type Egress, EgressError, egress } from '#core/egress.ts'
import { blobs } from '#files/blob-store.ts'
import type { SendResult } from '../channel.ts'
import type { GraphSettings } from '../mailbox-input.ts'
import type { OutboundFile, OutboundMessage } from '../outbound-message.ts'
import type { MailFailure } from './failure-class.ts'
import { callGraph, type GraphAccess, type GraphError, isGraphError, userPath } from './graph-session.ts'
import { isOAuthError } from './oauth-refusal.ts'

/** Graph takes requests of 4 MiB; a mail is sent in base64. */
const WHOLE_BYTES = 3 * 1024 * 1024
/** Parts of an upload are multiples of 320 KiB. */
const CHUNK_BYTES = 10 * 320 * 1024
const UPLOAD_MS = 120_000

/** How a message leaves by Graph: octets and pace of the caller's. */
export interface GraphSender {
  send(ctx: Context, message: OutboundMessage, way: { mailbox: number; settings: GraphSettings }): Promise<SendResult>
}

/** Sends as the mailbox itself; when Microsoft asks to be left alone, that mailbox is, until then. Never rejects. */
export function openGraphSender(options: {
  token(ctx: Context, mailbox: number, rejected?: string): Promise<string>
  /** A stored message's, the same on every try. */
  octetsOf(ctx: Context, message: OutboundMessage): Promise<Buffer>
}): GraphSender {
  const pauses = new Map<number, { until: number; result: Extract<SendResult, { ok: false }> }>()
  return {
    async send(ctx, message, way) {
      const now = ctx.clock.now()
      const pause = pauses.get(way.mailbox)
      if (pause && pause.until > now.getTime()) return { ...pause.result, retryAt: new Date(pause.until) }
      pauses.delete(way.mailbox)
      const access: GraphAccess = {
        egress: ctx.slots.use(egress),
        settings: way.settings,
        token: (rejected) => options.token(ctx, way.mailbox, rejected),
      }
      try {
        const response = await hand(ctx, access, message, options.octetsOf)
        return { ok: true, response, refused: [] }
      } catch (error) {
        if (octetsProblem(error)) return { ok: false, class: 'final', reason: 'bad_message', detail: octetsProblem(error)! }
        const failure = classifyGraphFailure(error)
        const result = { ok: false as const, class: failure.class, reason: failure.reason, detail: failure.detail }
        if (isGraphError(error) && error.retryAfterSeconds !== null && failure.class === 'try_again') {
          const until = addSeconds(now, error.retryAfterSeconds)
          pauses.set(way.mailbox, { until: until.getTime(), result })
          return { ...result, retryAt: until }
        }
        return result
      }
    },
  }
}

/** A mail that cannot be made, whatever the server: an attached file is gone, or what it says cannot be written. */
function octetsProblem(error: unknown): string | null {
  if ((error as { code?: string }).code === 'ENOENT') return 'An attached file is missing'
  return error instanceof Error && error.name === 'UnwritableMail' ? error.message : null
}

/** Returns what the server said. */
async function hand(
  ctx: Context,
  access: GraphAccess,
  message: OutboundMessage,
  octetsOf: (ctx: Context, message: OutboundMessage) => Promise<Buffer>,
): Promise<string> {
  const sent = `Taken by Microsoft Graph for ${access.settings.user}`
  // A try that was cut off may have arrived: what is among the mailbox's mails is not sent again.
  if (message.attempts > 1 || message.interruptions > 0) {
    for (const one of await sameMessages(access, message.messageId)) {
      if (!one.isDraft) return `${sent}, by an earlier try`
      await callGraph(access, 'DELETE', `${userPath(access.settings)}/messages/${encodeURIComponent(one.id)}`)
    }
  }
  const only = message.remaining && new Set(message.remaining)
  const left = <T extends { address: string }>(list: readonly T[] = []): T[] =>
    list.filter((one) => only === null || only.has(one.address))
  // Graph knows no envelope: who gets a mail is who its header names.
  const content = {
    ...message.content,
    to: left(message.content.to),
    cc: left(message.content.cc),
    bcc: left(message.content.bcc),
  }
  const named = { ...message, content }
  const whole = withBcc(await octetsOf(ctx, named), content.bcc)
  if (whole.length <= WHOLE_BYTES) {
    await callGraph(access, 'POST', `${userPath(access.settings)}/sendMail`, base64(whole))
    return sent
  }
  const bare = withBcc(await octetsOf(ctx, { ...named, content: { ...content, files: [] } }), content.bcc)
  const draft = await callGraph(access, 'POST', `${userPath(access.settings)}/messages`, base64(bare))
  const { id } = JSON.parse(draft.body.toString('utf8')) as { id: string }
  const path = `${userPath(access.settings)}/messages/${encodeURIComponent(id)}`
  for (const file of content.files) await attach(ctx, access, path, file)
  await callGraph(access, 'POST', `${path}/send`, {})
  return sent
}

const base64 = (octets: Buffer) => ({ body: octets.toString('base64'), headers: { 'Content-Type': 'text/plain' } })

const withBcc = (octets: Buffer, bcc: readonly { address: string }[]): Buffer =>
  bcc.length === 0
    ? octets
    : Buffer.concat([Buffer.from(`Bcc: ${bcc.map((one) => `<${oneAddress(one.address)}>`).join(',\r\n ')}\r\n`), octets])

/** Header text is made of it: an address can hold no bracket, space or control character. */
function oneAddress(address: string): string {
  if (/[\s<>,;\p{Cc}]/u.test(address))
    throw Object.assign(new Error(`${address.slice(0, 100)} is no address`), { name: 'UnwritableMail' })
  return address
}

async function sameMessages(access: GraphAccess, messageId: string): Promise<{ id: string; isDraft: boolean }[]> {
  const query = new URLSearchParams({
    $filter: `internetMessageId eq '<${messageId.replaceAll("'", "''")}>'`,
    $select: 'id,isDraft',
  })
  const answer = await callGraph(access, 'GET', `${userPath(access.settings)}/messages?${query}`)
  const { value } = JSON.parse(answer.body.toString('utf8')) as { value?: { id: string; isDraft: boolean }[] }
  return value ?? []
}

async function attach(ctx: Context, access: GraphAccess, path: string, file: OutboundFile): Promise<void> {
  const octets = await ctx.slots.use(blobs).read(file.blob)
  const about = {
    name: file.name,
    contentType: file.contentType,
    isInline: file.contentId !== null,
    ...(file.contentId ? { contentId: file.contentId } : {}),
  }
  if (octets.length <= WHOLE_BYTES - 64 * 1024) {
    const json = { '@odata.type': '#microsoft.graph.fileAttachment', ...about, contentBytes: octets.toString('base64') }
    await callGraph(access, 'POST', `${path}/attachments`, { json })
    return
  }
  const opened = await callGraph(access, 'POST', `${path}/attachments/createUploadSession`, {
    json: { AttachmentItem: { attachmentType: 'file', size: octets.length, ...about } },
  })
  const { uploadUrl } = JSON.parse(opened.body.toString('utf8')) as { uploadUrl: string }
  await upload(access.egress, uploadUrl, octets)
}

/** The address of an upload carries its own right: the token stays here. */
async function upload(client: Egress, url: string, octets: Buffer): Promise<void> {
  for (let from = 0; from < octets.length; from += CHUNK_BYTES) {
    const part = octets.subarray(from, from + CHUNK_BYTES)
    const answer = await client.send(url, {
      method: 'PUT',
      headers: {
        'Content-Type': 'application/octet-stream',
        'Content-Range': `bytes ${from}-${from + part.length - 1}/${octets.length}`,
      },
      body: part,
      timeoutMs: UPLOAD_MS,
    })
    if (answer.status >= 300)
      throw Object.assign(new Error(`The upload of an attachment ended with HTTP ${answer.status}`), {
        name: 'GraphError',
        status: answer.status >= 500 ? answer.status : 503,
        code: '',
        retryAfterSeconds: null,
      })
  }
}

/** What a message that Graph did not take means (learn.microsoft.com/graph/errors). Pure. */
export function classifyGraphFailure(error: unknown): Pick<MailFailure, 'class' | 'reason' | 'detail'> {
  const detail = (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').slice(0, 500)
  if (isOAuthError(error)) {
    return error.refused
      ? { class: 'ask_administrator', reason: 'sign_in_failed', detail }
      : { class: 'try_again', reason: 'cannot_connect', detail }
  }
  if (error instanceof EgressError) {
    if (error.code === 'certificate') return { class: 'ask_administrator', reason: 'certificate', detail }
    return error.code === 'refused_host' || error.code === 'bad_address'
      ? { class: 'ask_administrator', reason: 'cannot_connect', detail }
      : { class: 'try_again', reason: 'cannot_connect', detail }
  }
  if (isGraphError(error)) return { ...ofAnswer(error), detail: error.code ? `${error.code}: ${detail}` : detail }
  return { class: 'try_again', reason: 'unknown', detail }
}

function ofAnswer({ status, code }: GraphError): Pick<MailFailure, 'class' | 'reason'> {
  if (status === 429 || /throttl|toomany|exceededmessagelimit|sendlimit/i.test(code))
    return { class: 'try_again', reason: 'rate_limited' }
  if (/quotaexceeded/i.test(code)) return { class: 'try_again', reason: 'mailbox_full' }
  if (status === 413 || /messagesizeexceeded|attachmentsize/i.test(code)) return { class: 'final', reason: 'message_too_large' }
  if (/sendas|senderrefused|submissionpermission/i.test(code)) return { class: 'ask_administrator', reason: 'sender_refused' }
  if (/invalidrecipients/i.test(code)) return { class: 'final', reason: 'unknown_address' }
  if (status === 401) return { class: 'ask_administrator', reason: 'sign_in_failed' }
  if (status === 403) return { class: 'ask_administrator', reason: 'sender_refused' }
  if (status === 404) return { class: 'ask_administrator', reason: 'sender_refused' }
  if (status >= 500 || status === 408 || status === 423) return { class: 'try_again', reason: 'server_trouble' }
  if (status === 400 || status === 422) return { class: 'final', reason: 'bad_message' }
  return { class: 'try_again', reason: 'unknown' }
}
