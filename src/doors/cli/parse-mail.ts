import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { performance } from 'node:perf_hooks'
import { gunzipSync } from 'node:zlib'
import { cutQuote } from '#channels/email/cut-quote.ts'
import type { InboundMail } from '#channels/email/inbound-mail.ts'
import { parseMail } from '#channels/email/parse-mail.ts'
import { contactOf, forwardedAuthor, type MailKind, screenMail } from '#channels/email/screen-mail.ts'
import { senderVerdict, type Verdict } from '#channels/email/sender-verdict.ts'
import { mailFingerprint } from '#channels/inbound-messages.ts'
import { systemClock } from '#core/clock.ts'
import { decideLanding, shippedPolicy } from '#threads/landing.ts'
import { chooseMatch, type FoundThread, threadCandidates } from '#threads/match-thread.ts'
import { sanitizeHtml } from '#threads/sanitize-html.ts'

type Io = { stdout: { write(text: string): unknown }; stderr: { write(text: string): unknown } }

/** A desk before the mail came: tickets with the ids of their mails, and mails to take in first (paths without extension). */
type Context = {
  existing?: { ticket?: string; messageIds?: string[]; requester?: string; number?: string | number; seenMails?: string[] }[]
}

export const usage =
  'Usage: tessera parse-mail PATH… [--jsonl] [--time]\n--jsonl writes one line a mail, with its milliseconds; --time adds them without.\nShows what the inbound pipeline makes of each .eml or .eml.gz below PATH; no database is read.\n'

/** Exit code 0, 64 for wrong usage (sysexits.h), 66 when a path cannot be read. */
export async function run(args: string[], io: Io): Promise<number> {
  const paths = args.filter((arg) => !arg.startsWith('--'))
  const unknown = args.filter((arg) => arg.startsWith('--') && !['--jsonl', '--json', '--time'].includes(arg))
  if (unknown.length || !paths.length) {
    io.stderr.write(unknown.length ? `Unknown option ${unknown[0]}.\n${usage}` : usage)
    return 64
  }
  for (const path of paths) {
    let files: { file: string; name: string }[]
    try {
      files = await mailsBelow(path)
    } catch (error) {
      io.stderr.write(`Cannot read ${path}: ${error instanceof Error ? error.message : String(error)}\n`)
      return 66
    }
    for (const { file, name } of files) {
      const line = await describeMail(file, name, { time: args.includes('--time') || args.includes('--jsonl') })
      io.stdout.write(args.includes('--jsonl') ? `${JSON.stringify(line)}\n` : `${JSON.stringify(line, null, 2)}\n`)
    }
  }
  return 0
}

async function mailsBelow(path: string): Promise<{ file: string; name: string }[]> {
  if (!(await stat(path)).isDirectory()) return [await named(path, path)]
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile() && /\.eml(\.gz)?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  return Promise.all(files.map((file) => named(file, path)))
}

/** A collection with a manifest names its mails from where the manifest lies; others from the path that was given. */
async function named(file: string, path: string): Promise<{ file: string; name: string }> {
  const root = await manifestRoot(file)
  return { file, name: root ? relative(root, resolve(file)) : path === file ? basename(file) : relative(path, file) }
}

async function manifestRoot(file: string): Promise<string | null> {
  let folder = dirname(resolve(file))
  for (let level = 0; level < 4; level++) {
    if (await exists(join(folder, 'manifest.json'))) return folder
    folder = dirname(folder)
  }
  return null
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  )
}

async function readMail(file: string): Promise<Buffer> {
  const bytes = await readFile(file)
  return file.endsWith('.gz') ? gunzipSync(bytes, { maxOutputLength: 200_000_000 }) : bytes
}

async function describeMail(file: string, name: string, options: { time: boolean }): Promise<Record<string, unknown>> {
  const raw = await readMail(file)
  const startedAt = performance.now()
  const mail = parseMail(raw)
  const quote = cutQuote(mail)
  const screening = screenMail(mail)
  const verdict = senderVerdict(mail, { trustedAuthservIds: [] })
  const contact = contactOf(mail)
  const forwarded = forwardedAuthor(mail)
  const html =
    mail.html === null ? null : sanitizeHtml(mail.html, { imageUrl: (id) => ownPart(mail, id), allowRemoteImages: false })
  const milliseconds = performance.now() - startedAt
  const context = await readContext(file)
  const line: Record<string, unknown> = {
    path: name,
    error: mail.defects.find((defect) => defect.code === 'parser_failed')?.detail ?? null,
    from: mail.from,
    to: mail.to,
    cc: mail.cc,
    replyTo: mail.replyTo,
    subject: mail.subject,
    date: mail.date,
    receivedAt: systemClock.now(),
    messageId: mail.messageId,
    inReplyTo: mail.inReplyTo,
    references: mail.references,
    text: mail.text,
    html,
    visibleReply: quote.visibleText,
    attachments: mail.attachments.map((part) => ({
      filename: part.name,
      contentType: part.contentType,
      size: part.size,
      contentId: part.contentId,
      inline: part.inline,
    })),
    kind: screening.kind,
    reason: screening.reason,
    isBounce: screening.kind === 'bounce',
    bounceRecipient: screening.bounce?.recipient ?? null,
    bounceStatus: screening.bounce?.status ?? null,
    bounceClass: screening.bounce?.class ?? null,
    isAutoReply: screening.automatic,
    mayAutoRespond: screening.mayAutoRespond,
    isFeedbackReport:
      screening.report === 'feedback' ||
      (screening.report === 'dmarc' && mail.contentType.params['report-type'] === 'feedback-report'),
    isDmarcReport: screening.report === 'dmarc',
    isSpamFlagged: screening.spamFlagged,
    replyToPreferred: contact !== null && contact.address !== mail.from?.address,
    forwardedFrom: forwarded?.address ?? null,
    noSender: mail.from === null,
    defects: mail.defects,
    verdict: verdict.verdict,
    ...landed(mail, { kind: screening.kind, spamFlagged: screening.spamFlagged, verdict: verdict.verdict }, context),
  }
  if (options.time) line.ms = Math.round(milliseconds * 100) / 100
  return line
}

function ownPart(mail: InboundMail, contentId: string): string | null {
  const index = mail.attachments.findIndex((part) => part.contentId === contentId)
  return index < 0 ? null : `/part/${index}`
}

type Desk = {
  byMessageId: Map<string, FoundThread>
  byNumber: Map<string, FoundThread>
  names: Map<number, string>
  fingerprints: Set<string>
}

/** Where the mail lands: by the production matcher when the desk it comes to is known, else as on an empty desk. */
function landed(
  mail: InboundMail,
  facts: { kind: MailKind; spamFlagged: boolean; verdict: Verdict },
  desk: Desk | null,
): Record<string, unknown> {
  const sender = mail.from?.address ?? ''
  const candidates = threadCandidates(mail, { signingKey: new Uint8Array(32) })
  const match = desk
    ? chooseMatch(candidates, { byTicket: new Map(), byMessageId: desk.byMessageId, byNumber: desk.byNumber }, sender)
    : { kind: 'none' as const, thread: null, isParty: false }
  const decision = decideLanding({
    ...facts,
    match: match.kind,
    isParty: match.isParty,
    senderBanned: false,
    standing: null,
    claimsAgent: false,
    throughOutsider: false,
    loopStopped: false,
    policy: shippedPolicy,
    duplicate: desk?.fingerprints.has(mailFingerprint(mail) ?? '') ?? false,
    hasSender: sender !== '',
    thread: match.thread ? 'open' : null,
  })
  const skipped = decision.landing === 'skip' || decision.landing === 'quarantine' || decision.landing === 'note_failure'
  const result = { landing: decision.landing, landingReason: decision.reason, expectSkip: skipped }
  if (!desk) return result
  const joins = decision.landing === 'append' || decision.landing === 'append_flagged'
  return {
    ...result,
    thread: joins && match.thread ? desk.names.get(match.thread.ticket) : 'new',
    threadTrust: decision.landing === 'append' ? 'trusted' : 'untrusted',
  }
}

async function readContext(file: string): Promise<Desk | null> {
  const path = file.replace(/\.eml(\.gz)?$/, '.context.json')
  if (!(await exists(path))) return null
  const context = JSON.parse(await readFile(path, 'utf8')) as Context
  const byMessageId = new Map<string, FoundThread>()
  const byNumber = new Map<string, FoundThread>()
  const names = new Map<number, string>()
  const fingerprints = new Set<string>()
  for (const [index, ticket] of (context.existing ?? []).entries()) {
    const parties = new Set<string>()
    const ids: string[] = [...(ticket.messageIds ?? [])]
    if (ticket.requester) parties.add(ticket.requester.toLowerCase())
    for (const seen of ticket.seenMails ?? []) {
      const earlier = await readSeen(file, seen)
      if (!earlier) continue
      if (earlier.messageId) ids.push(earlier.messageId)
      const fingerprint = mailFingerprint(earlier)
      if (fingerprint) fingerprints.add(fingerprint)
      for (const entry of [earlier.from, ...earlier.to, ...earlier.cc]) if (entry) parties.add(entry.address.toLowerCase())
    }
    const thread: FoundThread = {
      ticket: index + 1,
      thread: index + 1,
      number: String(ticket.number ?? index + 1),
      parties: [...parties],
    }
    names.set(index + 1, ticket.ticket ?? `T${index + 1}`)
    byNumber.set(thread.number, thread)
    for (const id of ids) byMessageId.set(id.replace(/^<|>$/g, ''), thread)
  }
  return { byMessageId, byNumber, names, fingerprints }
}

async function readSeen(file: string, seen: string): Promise<InboundMail | null> {
  const root = (await manifestRoot(file)) ?? dirname(dirname(resolve(file)))
  for (const folder of [root, dirname(resolve(file))]) {
    for (const name of [`${seen}.eml`, `${seen}.eml.gz`, seen]) {
      if (await exists(join(folder, name))) return parseMail(await readMail(join(folder, name)))
    }
  }
  return null
}
