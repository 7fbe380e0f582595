// biome-ignore-all lint/suspicious/noControlCharactersInRegex: mail is cleaned of control characters here

import { htmlToText } from '#core/html-to-text.ts'
import { readCalendar } from './calendar-part.ts'
import { rtfToText } from './compressed-rtf.ts'
import {
  cutChars,
  decodeBase64,
  decodeCharset,
  decodeQuotedPrintable,
  decodeUuencode,
  guessText,
  oneLine,
} from './decode-text.ts'
import { cleanFileName } from './file-names.ts'
import { unflow } from './flowed-text.ts'
import { headerText, idsOf, unicode } from './header-values.ts'
import {
  defaultMailLimits,
  type InboundMail,
  type MailAddress,
  type MailAttachment,
  type MailDefect,
  type MailDefectCode,
  type MailHeader,
  type MailLimits,
  type MailNotice,
  unreadableMail,
} from './inbound-mail.ts'
import { takeUuencoded, takeYenc } from './inline-files.ts'
import { type Entity, readEntity, readHeaders, type Source, splitParts } from './mail-entity.ts'
import { parseAddressList } from './parse-address.ts'
import { parseDate } from './parse-date.ts'
import { signedContent } from './signed-content.ts'
import { isTnef, readTnef } from './tnef.ts'

/**
 * Bytes of one mail → InboundMail (RFC 5322, 2045–2049, 2231, 3676, 6532). Never throws: what is broken is left out and named in `defects`.
 * Time is linear in the size of the mail and bounded by `limits`. Starts at an mbox `From ` line as well, and takes bare LF for CRLF.
 */
export function parseMail(raw: Uint8Array, limits: MailLimits = defaultMailLimits): InboundMail {
  try {
    return new Reader(raw, limits).read()
  } catch (error) {
    return unreadableMail(raw.length, { code: 'parser_failed', detail: oneLine(String(error), 300) })
  }
}

/** One readable part of the body; an alternative gives both. */
type Segment = { text: string | null; html: string | null }

const newline = 10
const machineReadable =
  /^(message\/(delivery-status|global-delivery-status|feedback-report|disposition-notification|tracking-status)|text\/rfc822-headers|message\/global-headers)$/

/** Text that is data: shown as a file, not as somebody's words. */
const dataText = /^text\/(calendar|csv|vcard|x-vcard|directory|x-amp-html|css|xml|rtf|javascript)$/

const isPkcs7 = (type: string): boolean => /^application\/(x-)?pkcs7-mime$/.test(type)
/** A signed mail in a signed mail is what some gateways make; more is an attack. */
const ENVELOPES = 3

class Reader {
  readonly #raw: Buffer
  readonly #source: Source
  readonly #limits: MailLimits
  readonly #defects: MailDefect[]
  readonly #attachments: MailAttachment[]
  readonly #reportParts: { contentType: string; text: string }[] = []
  readonly #notices: MailNotice[]
  /** How many signed envelopes this one lies in. */
  readonly #envelopes: number
  /** A body that only stands in a wrapper of Outlook's: used when the mail has no other. */
  #wrapped: Segment | null = null
  #parts = 0
  #decoded = 0

  /** `outer`: the mail that this one is the signed content of; what is found is found in that. */
  constructor(raw: Uint8Array, limits: MailLimits, outer: Reader | null = null) {
    this.#defects = outer ? outer.#defects : []
    this.#attachments = outer ? outer.#attachments : []
    this.#notices = outer ? outer.#notices : []
    this.#envelopes = outer ? outer.#envelopes + 1 : 0
    this.#parts = outer ? outer.#parts : 0
    this.#decoded = outer ? outer.#decoded : 0
    const bytes = Buffer.from(raw.buffer, raw.byteOffset, Math.min(raw.byteLength, limits.rawBytes))
    this.#raw = bytes.includes(newline) ? bytes : withNewlines(bytes)
    this.#limits = limits
    this.#source = { raw: this.#raw, limits, defect: (code, detail) => this.#defect(code, detail) }
    if (raw.byteLength > limits.rawBytes) this.#defect('too_large', `${raw.byteLength} octets, ${limits.rawBytes} read`)
  }

  read(): InboundMail {
    const raw = this.#raw
    let start = 0
    if (raw[0] === 0xef && raw[1] === 0xbb && raw[2] === 0xbf) start = 3
    while (raw[start] === 13 || raw[start] === newline) start++
    if (/^>?From \S/.test(raw.toString('latin1', start, start + 8))) {
      const end = raw.indexOf(newline, start)
      start = end < 0 ? raw.length : end + 1
    }
    const entity = readEntity(this.#source, start, raw.length, 'text/plain', true)
    const segments = this.#readBody(entity, 0, '')
    return this.#assemble(entity, segments)
  }

  #defect(code: MailDefectCode, detail: string): void {
    if (this.#defects.length < 50 && !this.#defects.some((defect) => defect.code === code)) this.#defects.push({ code, detail })
  }

  // --- body ---

  #readBody(entity: Entity, depth: number, parent: string): Segment[] {
    if (++this.#parts > this.#limits.parts) {
      this.#defect('too_many_parts', `more than ${this.#limits.parts}`)
      return []
    }
    if (entity.type.startsWith('multipart/')) {
      if (depth >= this.#limits.depth) {
        this.#defect('too_deep', `more than ${this.#limits.depth} levels`)
        return []
      }
      const ranges = splitParts(this.#source, entity)
      if (ranges) return this.#readMultipart(entity, ranges, depth)
      this.#defect('missing_boundary', 'a multipart without its boundary is read as text')
      const html = /^\s*(<!doctype html|<html|<body|<div|<p>)/i.test(
        this.#raw.toString('latin1', entity.bodyStart, Math.min(entity.end, entity.bodyStart + 300)),
      )
      return this.#readLeaf({ ...entity, type: html ? 'text/html' : 'text/plain', encoding: '' }, parent)
    }
    return this.#readLeaf(entity, parent)
  }

  #readMultipart(entity: Entity, ranges: { start: number; end: number }[], depth: number): Segment[] {
    const childDefault = entity.type === 'multipart/digest' ? 'message/rfc822' : 'text/plain'
    const parent = entity.type === 'multipart/report' && entity.params['report-type'] ? 'multipart/report' : entity.type
    const groups: Segment[][] = []
    for (const range of ranges) {
      if (this.#parts >= this.#limits.parts) {
        this.#defect('too_many_parts', `more than ${this.#limits.parts}`)
        break
      }
      const child = readEntity(this.#source, range.start, range.end, childDefault, false)
      groups.push(this.#readBody(child, depth + 1, parent))
    }
    if (entity.type !== 'multipart/alternative') return groups.flat()
    // The alternatives say the same: the plain one and the richest one are kept, as one segment.
    const plain = groups.flat().filter((segment) => segment.text !== null && segment.html === null)
    const rich = groups.flat().filter((segment) => segment.html !== null)
    if (!rich.length)
      return plain.slice(0, 1).concat(plain.slice(1).filter((segment) => plain[0]?.text?.trim() === '' && segment.text?.trim()))
    const text =
      plain.find((segment) => segment.text?.trim())?.text ?? rich.find((segment) => segment.text !== null)?.text ?? null
    return [{ text, html: rich.map((segment) => segment.html).join('\n') }]
  }

  #readLeaf(entity: Entity, parent: string): Segment[] {
    const { type } = entity
    const name = this.#declaredName(entity)
    const text =
      type === 'text/plain' ||
      type === 'text/html' ||
      (type.startsWith('text/') &&
        !name &&
        entity.disposition !== 'attachment' &&
        !machineReadable.test(type) &&
        !dataText.test(type))
    let content = this.#decode(entity)
    if (machineReadable.test(type) || (type === 'message/rfc822' && parent === 'multipart/report')) {
      if (this.#reportParts.length < 50)
        this.#reportParts.push({ contentType: type, text: guessText(content.subarray(0, 64_000)).replace(/\r\n?/g, '\n') })
    }
    // A named text is a file, unless it is one of the alternatives of a body.
    const isFile =
      entity.disposition === 'attachment' ||
      (name !== '' && (entity.disposition !== '' || parent !== '') && parent !== 'multipart/alternative')
    const isBody = text && !isFile
    // The same body once more, for one program (AMP).
    if (type === 'text/x-amp-html' && parent === 'multipart/alternative') return []
    // The control parts of RFC 3156 and 1847 say how to read the others; without a name they are no file of the sender's.
    if (!name && /^application\/(pgp-encrypted|pgp-signature|(x-)?pkcs7-signature)$/.test(type)) return []
    // Kept as reportParts.
    if (!name && parent === 'multipart/report' && machineReadable.test(type)) return []
    if (!isBody) {
      if (isTnef(content) && this.#unwrap(content)) return []
      const signed = isPkcs7(type) && this.#envelopes < ENVELOPES ? signedContent(content) : null
      if (signed) return this.#readSigned(signed)
      this.#attach(entity, content, name, parent)
      this.#notice(entity, content, parent)
      return []
    }
    if (content.includes('=ybegin ')) {
      const taken = takeYenc(content)
      content = taken.octets
      for (const file of taken.files) this.#keepInline(file)
    }
    const decoded = decodeCharset(content, entity.params.charset)
    if (!decoded.known) this.#defect('unknown_charset', oneLine(entity.params.charset ?? '', 60))
    const html = type === 'text/html'
    const limit = html ? this.#limits.htmlChars : this.#limits.textChars
    if (decoded.text.length > limit) this.#defect('text_cut', `${decoded.text.length} characters, ${limit} shown`)
    let value = cutChars(decoded.text, limit)
      .replace(/\r\n?/g, '\n')
      .replaceAll('\u0000', '')
      .replace(/^\ufeff/, '')
    if (html) return [{ text: null, html: value }]
    if (entity.params.format?.toLowerCase() === 'flowed') value = unflow(value, entity.params.delsp?.toLowerCase() === 'yes')
    const taken = takeUuencoded(value)
    for (const file of taken.files) this.#keepInline(file)
    if (/^-----BEGIN PGP MESSAGE-----$/m.test(taken.text.slice(0, 4_000)))
      this.#notices.push({ kind: 'encrypted', by: 'pgp', file: '' })
    return [{ text: taken.text, html: null }]
  }

  /** Files and body out of Outlook's winmail.dat; false when there is nothing in it that the mail does not have, and it is kept as it is. */
  #unwrap(content: Buffer): boolean {
    const { files, text, html, rtf } = readTnef(content)
    for (const file of files)
      this.#keep({
        name: cleanFileName(file.name, file.contentType, this.#attachments.length),
        contentType: file.contentType,
        contentId: file.contentId,
        inline: file.contentId !== null,
        content: file.content,
      })
    if (text?.trim() || html?.trim())
      this.#wrapped ??= {
        text: text === null ? null : this.#shown(text, false),
        html: html === null ? null : this.#shown(html, true),
      }
    else if (rtf && !this.#wrapped) this.#wrapped = { text: rtfToText(rtf), html: null }
    return files.length > 0
  }

  /** A mail inside its signature: its words and files are those of the mail. */
  #readSigned(content: Buffer): Segment[] {
    this.#decoded += content.length
    const inner = new Reader(content, this.#limits, this)
    const entity = readEntity(inner.#source, 0, inner.#raw.length, 'text/plain', false)
    const segments = inner.#readBody(entity, 0, '')
    this.#parts = inner.#parts
    this.#decoded = inner.#decoded
    this.#wrapped ??= inner.#wrapped
    if (!this.#notices.some((one) => one.kind === 'signed')) this.#notices.push({ kind: 'signed', by: 'smime' })
    return segments
  }

  #shown(text: string, html: boolean): string {
    return cutChars(text, html ? this.#limits.htmlChars : this.#limits.textChars)
      .replace(/\r\n?/g, '\n')
      .replaceAll('\u0000', '')
  }

  #notice(entity: Entity, content: Buffer, parent: string): void {
    const { type } = entity
    const file = this.#attachments.at(-1)?.name ?? ''
    let notice: MailNotice | null = null
    if (type === 'text/calendar' || type === 'application/ics')
      notice = readCalendar(decodeCharset(content.subarray(0, 400_000), entity.params.charset).text, entity.params.method)
    else if (isPkcs7(type) && !/^(signed-data|certs-only|compressed-data)$/i.test(entity.params['smime-type'] ?? ''))
      notice = { kind: 'encrypted', by: 'smime', file }
    else if (parent === 'multipart/encrypted' && type === 'application/octet-stream')
      notice = { kind: 'encrypted', by: 'pgp', file }
    // The same invitation often stands in the mail twice, as a part and as a file.
    if (notice && this.#notices.length < 5 && !this.#notices.some((one) => JSON.stringify(one) === JSON.stringify(notice)))
      this.#notices.push(notice)
  }

  #keepInline(file: { name: string; content: Buffer }): void {
    this.#keep({
      name: cleanFileName(file.name, 'application/octet-stream', this.#attachments.length),
      contentType: 'application/octet-stream',
      contentId: null,
      inline: false,
      content: file.content,
    })
  }

  #decode(entity: Entity): Buffer {
    const body = this.#raw.subarray(entity.bodyStart, entity.end)
    if (this.#decoded >= this.#limits.decodedBytes) {
      this.#defect('decoded_too_large', `more than ${this.#limits.decodedBytes} octets`)
      return Buffer.alloc(0)
    }
    let content: Buffer = body
    if (entity.encoding === 'base64') {
      const decoded = decodeBase64(body)
      content = decoded.content
      if (!decoded.clean) this.#defect('broken_encoding', 'base64 with foreign characters')
    } else if (entity.encoding === 'quoted-printable') content = decodeQuotedPrintable(body)
    else if (/^(x-)?uu(e|encode|encoded)?$/.test(entity.encoding))
      content = decodeUuencode(body.toString('latin1'))?.content ?? body
    this.#decoded += content.length
    return content
  }

  #declaredName(entity: Entity): string {
    return entity.dispositionParams.filename ?? entity.params.name ?? ''
  }

  #attach(entity: Entity, content: Buffer, declared: string, parent: string): void {
    const contentId = idsOf(entity.headers.find((header) => header.name === 'content-id')?.raw ?? '', 1)[0] ?? null
    let name = declared
    if (!name && entity.type === 'message/rfc822') {
      const inner = readHeaders(this.#source, entity.bodyStart, Math.min(entity.end, entity.bodyStart + 100_000))
      const subject = headerText(inner.headers.find((header) => header.name === 'subject')?.raw ?? '')
      if (subject.trim()) name = `${subject.trim().replace(/[/\\:]/g, ' ')}.eml`
    }
    this.#keep({
      name: cleanFileName(name, entity.type, this.#attachments.length),
      contentType: entity.type,
      contentId,
      inline:
        entity.disposition === 'inline' ||
        (entity.disposition !== 'attachment' && contentId !== null && parent === 'multipart/related'),
      content,
    })
  }

  #keep(attachment: Omit<MailAttachment, 'size'>): void {
    this.#attachments.push({ ...attachment, size: attachment.content.length })
  }

  // --- the whole ---

  #assemble(entity: Entity, given: Segment[]): InboundMail {
    const blank = given.every((segment) => !segment.text?.trim() && !segment.html?.trim())
    const segments = blank && this.#wrapped ? [this.#wrapped] : given
    const limits = this.#limits
    const fallback = entity.params.charset
    const headers: MailHeader[] = entity.headers.map(({ name, raw }) => ({
      name,
      value: oneLine(headerText(raw, fallback), limits.headerValueChars),
    }))
    const rawOf = (name: string): string[] =>
      entity.headers.filter((header) => header.name === name).map((header) => unicode(header.raw, fallback))
    const addressesOf = (name: string): MailAddress[] => {
      const found = rawOf(name).map((value) => parseAddressList(value, limits.addresses))
      if (found.some((list) => list.cut)) this.#defect('too_many_addresses', `${name}: more than ${limits.addresses}`)
      return found
        .flatMap((list) => list.addresses)
        .filter((entry) => entry.address !== '')
        .slice(0, limits.addresses)
    }
    const fromFields = rawOf('from')
    const fromList = fromFields.flatMap((value) => parseAddressList(value, 10).addresses)
    const stated = fromList.find((entry) => entry.address !== '') ?? null
    if (!stated) this.#defect('missing_from', 'no address in From')
    // Without From, the address that answers are wanted at is the best there is; it never counts as authenticated.
    const from = stated ?? addressesOf('reply-to')[0] ?? addressesOf('sender')[0] ?? null
    const dateField = rawOf('date')[0]
    const date = dateField ? parseDate(dateField) : null
    if (dateField && !date) this.#defect('bad_date', oneLine(dateField, 100))
    const html = segments.some((segment) => segment.html !== null)
      ? segments.map((segment) => segment.html ?? (segment.text?.trim() ? textAsHtml(segment.text) : '')).join('\n')
      : null
    const hasPlain = segments.some((segment) => segment.text !== null)
    const text = segments
      .map((segment) => segment.text ?? htmlToText(segment.html ?? ''))
      .filter((part, index, all) => part.trim() !== '' || all.length === 1 || index === 0)
      .join('\n')
    return {
      messageId: idsOf(rawOf('message-id')[0] ?? '', 1)[0] ?? null,
      inReplyTo: idsOf(rawOf('in-reply-to').join(' '), 20),
      // The nearest ones matter most.
      references: idsOf(rawOf('references').join(' '), 5_000).slice(-limits.references),
      from,
      ambiguousFrom: stated === null || fromFields.length > 1 || fromList.filter((entry) => entry.address !== '').length > 1,
      replyTo: addressesOf('reply-to'),
      to: addressesOf('to'),
      cc: addressesOf('cc'),
      subject: oneLine(
        headerText(entity.headers.find((header) => header.name === 'subject')?.raw ?? '', fallback),
        limits.subjectChars,
      ),
      date,
      headers,
      text: cutChars(text, limits.textChars),
      textFromHtml: !hasPlain && html !== null,
      html: html === null ? null : cutChars(html, limits.htmlChars),
      attachments: this.#attachments,
      authenticationResults: rawOf('authentication-results').slice(0, 20),
      contentType: { type: entity.type, params: entity.params },
      reportParts: this.#reportParts,
      notices: this.#notices,
      rawSize: this.#raw.length,
      defects: this.#defects,
    }
  }
}

/** A mail with bare CR for its line ends, as from an old Macintosh. */
function withNewlines(bytes: Buffer): Buffer {
  if (!bytes.includes(13)) return bytes
  const copy = Buffer.from(bytes)
  for (let at = copy.indexOf(13); at >= 0; at = copy.indexOf(13, at + 1)) copy[at] = newline
  return copy
}

function textAsHtml(text: string): string {
  return `<div style="white-space:pre-wrap">${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</div>`
}
