import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { InboundMail } from '#channels/email/inbound-mail.ts'

/** What a Message-ID that an osTicket desk signed says: ids of that desk. */
export interface OsticketId {
  entry: number
  thread: number
}

/**
 * Reads a Message-ID of osTicket 1.10 and later, `B{sysid}-{random}-{tag}-{sender}@…`, where the tag is base64 of user, entry and
 * thread (32 bits each, little-endian), a class letter and five octets of HMAC-SHA1(the thirteen before + random + sysid) under the
 * desk's SECRET_SALT. null for any other id, and for one of another salt. Case matters: a server that folds it breaks the id.
 */
export function readOsticketId(salt: string, messageId: string): OsticketId | null {
  const match = /^<?B([^-@\s]{6})-([^-@\s]{5})-([A-Za-z0-9+/]{24})-[^\s]{1,255}$/.exec(messageId.trim().replace(/>$/, ''))
  if (!match || !salt) return null
  const [, sysid = '', random = '', tag = ''] = match
  if (sysid !== systemCode(salt)) return null
  const packed = Buffer.from(tag, 'base64')
  if (packed.length !== 18) return null
  const signed = Buffer.concat([packed.subarray(0, 13), Buffer.from(random + sysid)])
  const expected = createHmac('sha1', salt).update(signed).digest().subarray(-5)
  if (!timingSafeEqual(expected, packed.subarray(13))) return null
  return { entry: packed.readUInt32LE(4), thread: packed.readUInt32LE(8) }
}

/** The six characters by which an osTicket desk knows its own ids. */
const systemCode = (salt: string): string =>
  createHash('md5').update(`mail${salt}`).digest('base64').replaceAll('+', '=').slice(0, 6)

/**
 * Message-IDs that osTicket wrote into the bodies of its mails, as an answer quotes them: `class="mid-…"` in HTML, `Ref-Mid: …` in
 * text. At most ten, without angle brackets.
 */
export function osticketBodyIds(mail: Pick<InboundMail, 'text' | 'html'>): string[] {
  const ids = new Set<string>()
  for (const match of mail.text.matchAll(/Ref-Mid: ([^\s<>]{10,300})/g)) if (ids.size < 10) ids.add(match[1]!)
  // Mail programs put a prefix of their own before class names.
  for (const match of (mail.html ?? '').matchAll(/class=3?D?["']?[^"'>]{0,60}?mid-([^\s"'<>]{10,300})/g))
    if (ids.size < 10) ids.add(match[1]!)
  return [...ids]
}
