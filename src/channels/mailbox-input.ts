import { z } from 'zod'
import { isSafeEndpoint, OAuthSettings } from './email/oauth-settings.ts'

export const connectionSecurity = ['tls', 'starttls', 'none'] as const
/** tls: from the first byte. starttls: demanded before sign-in. none: for servers on this machine or a trusted network. */
export type ConnectionSecurity = (typeof connectionSecurity)[number]

const host = z
  .string()
  .trim()
  .min(1)
  .max(253)
  .regex(/^[^\s/@]+$/)
const port = z.coerce.number().int().min(1).max(65_535)

const pollSeconds = z.coerce.number().int().min(15).max(86_400)
const batch = z.coerce.number().int().min(1).max(500)

export const afterFetch = ['keep', 'move', 'delete'] as const
export type AfterFetch = (typeof afterFetch)[number]

/** Where mail is fetched from. */
export const ImapServer = z.object({
  protocol: z.enum(['imap', 'pop3']).default('imap'),
  host,
  port,
  security: z.enum(connectionSecurity),
  user: z.string().trim().min(1).max(320),
  folder: z.string().trim().min(1).max(500).default('INBOX'),
  auth: z.enum(['oauth']).optional(),
  /** What becomes of a mail on its server once it is stored. keep: it stays (IMAP: marked read). */
  afterFetch: z.enum(afterFetch).default('keep'),
  /** The folder for `move`; made when it is not there. */
  moveTo: z.string().trim().max(500).default(''),
  /** How often it is looked at, where the server does not tell of new mail by itself (IMAP IDLE). */
  pollSeconds: pollSeconds.default(60),
  /** Mails taken in one go. */
  batch: batch.default(50),
})
export type ImapServer = z.infer<typeof ImapServer>

export const SmtpServer = z.object({
  host,
  port,
  security: z.enum(connectionSecurity),
  /** '' when the server takes mail without signing in. */
  user: z.string().trim().max(320).default(''),
  auth: z.enum(['oauth']).optional(),
})
export type SmtpServer = z.infer<typeof SmtpServer>

/** A mailbox at Microsoft, read and sent from by Graph. */
export const GraphSettings = z.object({
  /** Whose mailbox: address or id. */
  user: z.string().trim().min(1).max(320),
  /** A well-known name (inbox) or names from the top, parted by `/`. */
  folder: z.string().trim().min(1).max(500).default('inbox'),
  /** keep: marked read where it is. */
  afterFetch: z.enum(afterFetch).default('keep'),
  moveTo: z.string().trim().max(500).default(''),
  /** How often it is looked at; one small request each time. */
  pollSeconds: pollSeconds.default(15),
  /** Mails listed and taken in one go. */
  batch: batch.default(50),
  /** '' for graph.microsoft.com; another for national clouds. */
  endpoint: z
    .string()
    .trim()
    .max(500)
    .default('')
    .refine((text) => text === '' || isSafeEndpoint(text), { params: { key: 'endpoint' } }),
})
export type GraphSettings = z.infer<typeof GraphSettings>

/** Not given: the password that is stored stays. */
const password = z.string().max(2000).optional()

export const MailboxInput = z.object({
  address: z.string().trim().toLowerCase().max(254),
  name: z.string().trim().max(120).default(''),
  department: z.coerce.number().int(),
  /** null: mail comes by the listener or a pipe only. */
  imap: ImapServer.extend({ password }).nullable().default(null),
  /** null: mail leaves by the desk's default server (SMTP_URL). */
  smtp: SmtpServer.extend({ password }).nullable().default(null),
  /** Read and sent from by Microsoft Graph; then imap and smtp are null. */
  graph: GraphSettings.nullable().default(null),
  /** How it signs in where `auth` says oauth, and for Graph. `secret` not given: the one that is stored stays. */
  oauth: OAuthSettings.extend({
    secret: z.string().max(10_000).optional(),
    secretExpiresOn: z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}$/)
      .nullable()
      .default(null),
  })
    .nullable()
    .default(null),
  /** Administrators are told when no mail has come for this many hours; null: never. */
  silentAfterHours: z.coerce.number().int().min(1).max(8760).nullable().default(null),
  /** Mail already there: 0 takes only what arrives from now on, N also that of the last N days, silently. */
  takeDays: z.coerce.number().int().min(0).max(3650).default(0),
})
export type MailboxInput = z.input<typeof MailboxInput>
