import { z } from 'zod'
import { MailboxInput } from '#channels/mailbox-input.ts'
import type { TestResult } from '#channels/test-mailbox.ts'
import { AppError, type FieldProblem, isAppError } from '#core/errors.ts'
import { problemsOf } from '#core/parse.ts'
import type { Translate } from '#i18n/translate.ts'

const text = z.string().trim().max(2000).default('')

/** The flat fields of the mailbox form. */
export const MailboxForm = z.object({
  address: text,
  name: text,
  department: text,
  provider: z.enum(['other', 'google']).default('other'),
  incoming: z.enum(['imap', 'pop3', 'none']).default('imap'),
  imapHost: text,
  imapPort: text,
  imapSecurity: text,
  imapUser: text,
  imapPassword: z.string().max(2000).default(''),
  imapFolder: text,
  imapAfterFetch: text,
  imapMoveTo: text,
  imapPollSeconds: text,
  imapBatch: text,
  silentAfterHours: text,
  outgoing: z.enum(['smtp', 'default']).default('smtp'),
  smtpHost: text,
  smtpPort: text,
  smtpSecurity: text,
  smtpUser: text,
  smtpPassword: z.string().max(2000).default(''),
  takeDays: text,
  /** Keep it although the test failed. */
  force: z.string().optional(),
})
export type MailboxForm = z.output<typeof MailboxForm>

/** What the channels room takes, of the form's fields. Errors: Invalid with pointers of the form. */
export function mailboxInput(form: MailboxForm, department: number): z.output<typeof MailboxInput> {
  const google = form.provider === 'google'
  // An empty password field means "as before" in the editor and "the one above" for sending on a new mailbox.
  const smtpPassword = form.smtpPassword || (form.smtpUser && form.smtpUser === form.imapUser ? form.imapPassword : '')
  const parsed = MailboxInput.safeParse({
    address: form.address,
    name: form.name,
    department,
    imap:
      form.incoming === 'none'
        ? null
        : {
            protocol: google ? 'imap' : form.incoming,
            host: google ? 'imap.gmail.com' : form.imapHost,
            port: google ? 993 : form.imapPort || (form.incoming === 'pop3' ? 995 : 993),
            security: google ? 'tls' : form.imapSecurity || 'tls',
            user: form.imapUser || form.address,
            folder: form.imapFolder || 'INBOX',
            afterFetch: form.imapAfterFetch || 'keep',
            moveTo: form.imapMoveTo,
            pollSeconds: form.imapPollSeconds || 60,
            batch: form.imapBatch || 50,
            ...(form.imapPassword ? { password: form.imapPassword } : {}),
          },
    smtp:
      form.outgoing === 'default'
        ? null
        : {
            host: google ? 'smtp.gmail.com' : form.smtpHost,
            port: google ? 465 : form.smtpPort || 587,
            security: google ? 'tls' : form.smtpSecurity || 'starttls',
            user: google ? form.smtpUser || form.imapUser || form.address : form.smtpUser,
            ...(smtpPassword || (google && form.imapPassword) ? { password: smtpPassword || form.imapPassword } : {}),
          },
    takeDays: form.takeDays || 0,
    silentAfterHours: form.silentAfterHours || null,
  })
  if (!parsed.success) throw inForm(new AppError('invalid', 'invalid', { problems: problemsOf(parsed.error) }))
  return parsed.data
}

/** `/imap/host` of the room is `imapHost` of the form. */
export function inForm(error: unknown): unknown {
  if (!isAppError(error) || error.problems.length === 0) return error
  const problems = error.problems.map((problem) => ({
    ...problem,
    pointer: problem.pointer.replace(
      /^\/(imap|smtp)\/(\w)/,
      (_, half: string, first: string) => `/${half}${first.toUpperCase()}`,
    ),
  }))
  return new AppError(error.code, error.key, { problems, params: error.params, cause: error })
}

/** Runs a verb of the mailbox's, its errors pointing at the form's fields. */
export async function mailboxVerb<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw inForm(error)
  }
}

/** In words what a server said to the test; null when both halves that are used work. */
export function testProblems(
  t: Translate,
  tested: { imap: TestResult | null; smtp: TestResult | null; graph?: TestResult | null },
  key: 'mailTestFailed' | 'mailTestNotPassed' = 'mailTestFailed',
): AppError | null {
  const problems: FieldProblem[] = []
  for (const [half, pointer, sentence] of [
    [tested.imap, '/imapHost', 'setup.mailbox.incomingFailed'],
    [tested.smtp, '/smtpHost', 'setup.mailbox.outgoingFailed'],
    [tested.graph ?? null, '/clientId', 'admin.oauth.graphFailed'],
  ] as const) {
    if (half === null || half.ok) continue
    const { key, params, detail } = half.trouble
    const words = t.at(`mail.trouble.${key}`, params)
    const problem = detail ? `${words} (${detail.slice(0, 200)})` : words
    problems.push({ pointer, key: 'sentence', params: { sentence: t(sentence, { problem }) } })
  }
  return problems.length > 0 ? new AppError('invalid', key, { problems }) : null
}
