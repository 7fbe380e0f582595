import { headersOf, type InboundMail } from '#channels/email/inbound-mail.ts'
import { readBodyMarkers, readMessageId, readReplyAddress, type SigningKey } from '#channels/email/signed-address.ts'
import { osticketBodyIds, readOsticketId } from './osticket-ids.ts'

/** What a mail says about the conversation it belongs to, strongest first. Ids without angle brackets. */
export type ThreadCandidates = {
  signedAddress: { ticket: number; madeForSender: boolean } | null
  signedIds: { id: string; ticket: number; entry: number }[]
  /** Tickets that our marker in the body names, in its order. */
  markers: number[]
  /** Threads of an imported osTicket desk that its signed ids name, nearest first: ids of that desk. */
  importedThreads: number[]
  /** Message-IDs to look up among those we know, nearest first. */
  knownIds: string[]
  /** Ticket numbers the subject names as [#number]. */
  numbers: string[]
}

/** A conversation the store knows. `parties` are the lower-case addresses of requester, collaborators and agents. */
export type FoundThread = { ticket: number; thread: number; number: string; parties: readonly string[] }

export type FoundThreads = {
  byTicket: ReadonlyMap<number, FoundThread>
  byMessageId: ReadonlyMap<string, FoundThread>
  byNumber: ReadonlyMap<string, FoundThread>
  /** By the id that the thread had at the desk it was imported from. */
  byImported?: ReadonlyMap<number, FoundThread>
}

export type MatchKind = 'signed_address' | 'signed_id' | 'body_marker' | 'imported_id' | 'known_id' | 'number' | 'none'

/**
 * `isParty`: the sender takes part in the conversation, or the signed address was made for them. `isMadeForSender`: it came to the
 * address that we made for this very sender, which only they were told.
 */
export type ThreadMatch = { kind: MatchKind; thread: FoundThread | null; isParty: boolean; isMadeForSender: boolean }

const maxLookups = 50
// A name may stand before the mark, as in [Harbour Coffee #482913].
const numberInSubject = /\[[^[\]#:]{0,40}[#:]\s{0,3}([A-Za-z-]{0,8}\d[A-Za-z0-9-]{0,24})\]/gu

/** Every address that a mail came to, as far as it tells: the envelope, To and Cc, and what servers on the way wrote down. Pure. */
export function addressesOf(mail: InboundMail, envelopeRecipients: readonly string[] = []): string[] {
  const delivered = ['delivered-to', 'x-original-to', 'envelope-to', 'x-envelope-to', 'x-delivered-to'].flatMap((name) =>
    headersOf(mail, name),
  )
  return [
    ...envelopeRecipients,
    ...[...mail.to, ...mail.cc].map((entry) => entry.address),
    ...delivered.map((value) => value.replace(/^.*<|>.*$/g, '').trim()),
  ]
}

/**
 * Pure planner: what to look up. Reads the addresses the mail was sent to (also the envelope, which BCC and forwarding leave as the only trace),
 * In-Reply-To, then References from the nearest backwards (RFC 5322 section 3.6.4).
 */
export function threadCandidates(
  mail: InboundMail,
  options: {
    signingKey: SigningKey
    envelopeRecipients?: readonly string[]
    osticketSalt?: string
    /** Message-ID of the mail that a delivery report is about: many servers name it nowhere else. */
    reportedId?: string | null
  },
): ThreadCandidates {
  const sender = mail.from?.address ?? ''
  let signedAddress: ThreadCandidates['signedAddress'] = null
  for (const address of addressesOf(mail, options.envelopeRecipients)) {
    const read = readReplyAddress(options.signingKey, address, sender)
    if (read && (!signedAddress || (read.madeForSender && !signedAddress.madeForSender))) signedAddress = read
  }
  const reported = options.reportedId ? [options.reportedId] : []
  const ids = [...new Set([...reported, ...mail.inReplyTo, ...[...mail.references].reverse()])].slice(0, maxLookups)
  const signedIds = ids.flatMap((id) => {
    const read = readMessageId(options.signingKey, id)
    return read ? [{ id, ...read }] : []
  })
  const markers = [...new Set([mail.text, mail.html ?? ''].flatMap((body) => readBodyMarkers(options.signingKey, body)))]
  const quotedIds = options.osticketSalt ? osticketBodyIds(mail) : []
  const importedThreads = options.osticketSalt
    ? [...new Set([...ids, ...quotedIds].flatMap((id) => readOsticketId(options.osticketSalt!, id)?.thread ?? []))]
    : []
  const numbers = [...new Set([...mail.subject.matchAll(numberInSubject)].map((match) => match[1] ?? ''))].slice(0, 5)
  return { signedAddress, signedIds, markers, importedThreads, knownIds: [...new Set([...ids, ...quotedIds])], numbers }
}

/**
 * First hit wins: signed reply address → our signed Message-ID → our marker in the body → a signed id of the desk that was imported → an
 * id we know → [#number], the last only when the sender takes part in that
 * conversation, for a number can be guessed. The words of a subject never match. `sender` is the From address.
 */
export function chooseMatch(candidates: ThreadCandidates, found: FoundThreads, sender: string): ThreadMatch {
  const from = sender.toLowerCase()
  const isParty = (thread: FoundThread): boolean => from !== '' && thread.parties.includes(from)
  if (candidates.signedAddress) {
    const thread = found.byTicket.get(candidates.signedAddress.ticket)
    const { madeForSender } = candidates.signedAddress
    if (thread)
      return { kind: 'signed_address', thread, isParty: madeForSender || isParty(thread), isMadeForSender: madeForSender }
  }
  for (const { ticket } of candidates.signedIds) {
    const thread = found.byTicket.get(ticket)
    if (thread) return { kind: 'signed_id', thread, isParty: isParty(thread), isMadeForSender: false }
  }
  for (const ticket of candidates.markers) {
    const thread = found.byTicket.get(ticket)
    if (thread) return { kind: 'body_marker', thread, isParty: isParty(thread), isMadeForSender: false }
  }
  for (const id of candidates.importedThreads) {
    const thread = found.byImported?.get(id)
    if (thread) return { kind: 'imported_id', thread, isParty: isParty(thread), isMadeForSender: false }
  }
  for (const id of candidates.knownIds) {
    const thread = found.byMessageId.get(id)
    if (thread) return { kind: 'known_id', thread, isParty: isParty(thread), isMadeForSender: false }
  }
  for (const number of candidates.numbers) {
    const thread = found.byNumber.get(number)
    if (thread && isParty(thread)) return { kind: 'number', thread, isParty: true, isMadeForSender: false }
  }
  return { kind: 'none', thread: null, isParty: false, isMadeForSender: false }
}
