import { z } from 'zod'

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

export const ImapServer = z.object({
  host,
  port,
  security: z.enum(connectionSecurity),
  user: z.string().trim().min(1).max(320),
  folder: z.string().trim().min(1).max(500).default('INBOX'),
})
export type ImapServer = z.infer<typeof ImapServer>

export const SmtpServer = z.object({
  host,
  port,
  security: z.enum(connectionSecurity),
  /** '' when the server takes mail without signing in. */
  user: z.string().trim().max(320).default(''),
})
export type SmtpServer = z.infer<typeof SmtpServer>

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
  /** Mail already there: 0 takes only what arrives from now on, N also that of the last N days, silently. */
  takeDays: z.coerce.number().int().min(0).max(3650).default(0),
})
export type MailboxInput = z.input<typeof MailboxInput>
