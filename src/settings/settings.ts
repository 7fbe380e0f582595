import { z } from 'zod'
import { cached, defineCached } from '#core/cache.ts'
import type { Context } from '#core/context.ts'

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/)
/** Spans of one day in the desk's zone, `[from, to)`. */
const spans = z.array(z.tuple([time, time]))

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Weekday = (typeof weekdays)[number]

const hours = z.object({ mon: spans, tue: spans, wed: spans, thu: spans, fri: spans, sat: spans, sun: spans })
export type WeeklyHours = z.infer<typeof hours>

const targets = z.object({ urgent: z.number(), high: z.number(), normal: z.number(), low: z.number() })

/** Every setting with its default. What is stored is only what an administrator changed. */
export const settingsSchema = z.object({
  'desk.name': z.string().trim().min(1).max(80).default('Help desk'),
  /** The address links in mails point at; null until the wizard asked (the environment's BASE_URL wins when it is given). */
  'desk.publicAddress': z.url().nullable().default(null),
  'desk.timeZone': z
    .string()
    .refine((zone) => Intl.supportedValuesOf('timeZone').includes(zone) || zone === 'UTC')
    .default('UTC'),
  'desk.locale': z.string().default('en'),
  'desk.hours': hours.default({
    mon: [['09:00', '17:00']],
    tue: [['09:00', '17:00']],
    wed: [['09:00', '17:00']],
    thu: [['09:00', '17:00']],
    fri: [['09:00', '17:00']],
    sat: [],
    sun: [],
  }),
  /** ISO dates without work. */
  'desk.holidays': z.array(z.iso.date()).default([]),
  'setup.completedAt': z.string().nullable().default(null),
  /** Working hours until a first reply, and until each further one, by priority. */
  'sla.firstResponseHours': targets.default({ urgent: 1, high: 4, normal: 8, low: 16 }),
  'sla.nextResponseHours': targets.default({ urgent: 2, high: 4, normal: 8, low: 16 }),
  'replies.undoSeconds': z.number().int().min(0).max(60).default(10),
  'replies.claimUnassigned': z.boolean().default(true),
  /** Key of the status after an agent's reply. */
  'replies.statusAfter': z.string().default('waiting'),
  'tickets.closeResolvedAfterDays': z.number().int().min(0).max(365).default(7),
  'tickets.reopenClosedWithinDays': z.number().int().min(0).max(3650).default(30),
  /** Key of the status that a new ticket and a customer's message lead to; the same of being solved, and of being closed. */
  'moves.opened': z.string().default('open'),
  'moves.solved': z.string().default('resolved'),
  'moves.closed': z.string().default('closed'),
  /** Working days of waiting for a customer until they are reminded; 0 never. */
  'tickets.remindAfterWorkingDays': z.number().int().min(0).max(60).default(0),
  /** Working days after that reminder until the ticket is resolved; 0 never. */
  'tickets.resolveAfterReminderWorkingDays': z.number().int().min(0).max(120).default(0),
  /** What a customer's answer to a resolved ticket does: it reopens, or a new ticket continues it. */
  'tickets.answerToResolved': z.enum(['reopen', 'new']).default('reopen'),
  /** The same of a closed one; `by_age`: it reopens within `reopenClosedWithinDays`, later a new ticket continues it. */
  'tickets.answerToClosed': z.enum(['reopen', 'by_age', 'new']).default('by_age'),
  /** Who has a reopened ticket: its last agent (nobody when they are away), or nobody. */
  'tickets.reopenedGoesTo': z.enum(['last_agent', 'nobody']).default('last_agent'),
  /** Open requests of one person up to which each new one is confirmed; 0: no limit. Nothing is refused above it. */
  'autoresponse.maxOpenRequests': z.number().int().min(0).max(1000).default(0),
  /** How long an act of an agent can be undone; 0 switches undo off. */
  'tickets.undoMinutes': z.number().int().min(0).max(1440).default(30),
  /** Spam and trash are emptied of what lay there for so many days. */
  'tickets.emptyPlacesAfterDays': z.number().int().min(1).max(3650).default(30),
  /** Agents make new tags as they type; otherwise administrators alone do. */
  'tags.agentsMayCreate': z.boolean().default(true),
  'autoresponse.newTicket': z.boolean().default(true),
  'autoresponse.perAddressMinutes': z.number().int().min(1).default(15),
  'autoresponse.perAddressPerDay': z.number().int().min(1).default(5),
  /** Hosts whose Authentication-Results we believe (RFC 8601). */
  'mail.trustedAuthservIds': z.array(z.string()).default([]),
  /** Check signatures (DKIM), and SPF and DMARC at our own listener, by ourselves; it asks name servers about senders' domains. */
  'mail.checkSenders': z.boolean().default(true),
  /** Signing domains of forwarders whose ARC seals we believe (RFC 8617). */
  'mail.trustedSealers': z.array(z.string()).default([]),
  /** What becomes of doubtful mail: of a banned sender, whose check failed, marked as spam by the provider, unproven in an agent's name. */
  'mail.onBanned': z.enum(['suspend', 'skip']).default('suspend'),
  'mail.onFailed': z.enum(['suspend', 'take']).default('suspend'),
  'mail.onSpam': z.enum(['suspend', 'take']).default('suspend'),
  'mail.onAgentClaim': z.enum(['suspend', 'take']).default('take'),
  /** Mails within an hour after which a loop is likely and further ones are suspended; 0: never. */
  'loops.perSubjectPerHour': z.number().int().min(0).default(30),
  'loops.perSenderPerHour': z.number().int().min(0).default(600),
  'loops.perDomainPerHour': z.number().int().min(0).default(3000),
  /** What an agent's answer by mail becomes. */
  'mail.agentAnswerIs': z.enum(['note', 'reply']).default('note'),
  /** The mailboxes' servers take `support+anything@`: answers then come to a signed address. Boxes that we receive for ourselves always do. */
  'mail.plusAddressing': z.boolean().default(false),
  /** A domain of which every address reaches the desk; answers then come to a signed address there. null when there is none. */
  'mail.catchAllDomain': z
    .string()
    .trim()
    .toLowerCase()
    .regex(/^([a-z0-9-]+\.)+[a-z0-9-]{2,}$/)
    .nullable()
    .default(null),
  /** Further addresses that lead to the desk (aliases, lists): they never become a person. Lower-case. */
  'mail.ownAddresses': z.array(z.string()).default([]),
  /** SECRET_SALT of an osTicket desk whose tickets were imported, sealed: answers to its old mails find their ticket. */
  'mail.osticketSaltSealed': z.string().default(''),
  /** Whom a proven mail names in To and Cc: on copy at once, once an agent approves it, or never. */
  'mail.copies': z.enum(['automatic', 'approval', 'never']).default('automatic'),
  /** Addresses that web forms send from: whoever stands in their Reply-To asks, even though the mail says it is automatic. Lower-case. */
  'mail.formSenders': z.array(z.string()).default([]),
  /** What a mail becomes that a proven agent forwards to the desk: a ticket of whoever wrote it first, or the agent's own. */
  'mail.agentForward': z.enum(['original_sender', 'agent']).default('original_sender'),
  /** What the agent who forwarded it becomes on that ticket. */
  'mail.forwarderBecomes': z.enum(['assignee', 'collaborator', 'nothing']).default('assignee'),
  'mail.attachUpToBytes': z
    .number()
    .int()
    .positive()
    .default(10 * 1024 * 1024),
  'portal.guestsMayAsk': z.boolean().default(true),
  'portal.registration': z.boolean().default(true),
})

export type Settings = z.infer<typeof settingsSchema>
export type SettingKey = keyof Settings

export const settingsCache = defineCached<Settings>('settings', async (ctx) => {
  const rows = await ctx.db.selectFrom('setting').select(['key', 'value']).execute()
  const stored = Object.fromEntries(rows.map((row) => [row.key, row.value]))
  const parsed = settingsSchema.safeParse(stored)
  if (parsed.success) return parsed.data
  // A value that an older version stored and this one no longer accepts falls back to its default instead of stopping the desk.
  const bad = new Set(parsed.error.issues.map((issue) => String(issue.path[0])))
  ctx.log.error({ settings: [...bad] }, 'stored settings are not valid, their defaults are used')
  return settingsSchema.parse(Object.fromEntries(Object.entries(stored).filter(([key]) => !bad.has(key))))
})

/** All settings, from the cache. */
export const readSettings = (ctx: Context): Promise<Settings> => cached(ctx, settingsCache)

/** Where links point: BASE_URL when the environment gives it, else what the wizard asked, else where we listen. */
export async function publicAddress(ctx: Context): Promise<string> {
  if (ctx.site.baseUrlFixed) return ctx.site.baseUrl
  return (await readSettings(ctx))['desk.publicAddress']?.replace(/\/+$/, '') ?? ctx.site.baseUrl
}
