import type { Context } from '#core/context.ts'
import { forbidden } from '#core/errors.ts'
import { testImap } from './email/imap-session.ts'
import { testSmtp } from './email/smtp-send.ts'
import { MailboxInput } from './mailbox-input.ts'
import { mailboxPasswords, mailboxRows } from './mailbox-store.ts'
import { type Trouble, troubleOf } from './trouble.ts'

export type TestResult = { ok: true } | { ok: false; trouble: Trouble }

/**
 * Connects and signs in as the settings say, fetches and sends nothing. With `id`, passwords that are not given are those stored,
 * for the same server only. Errors: Forbidden. null: that half is not used.
 */
export async function testMailbox(
  ctx: Context,
  input: MailboxInput,
  id: number | null = null,
): Promise<{ imap: TestResult | null; smtp: TestResult | null }> {
  if (!ctx.actor.administrator) throw forbidden()
  const given = MailboxInput.parse(input)
  const before = id === null ? undefined : (await mailboxRows(ctx, id))[0]
  const stored = before ? await mailboxPasswords(ctx, before.id) : { imap: '', smtp: '' }
  const { imap, smtp } = given
  const run = async (server: { host: string; port: number }, test: () => Promise<void>): Promise<TestResult> => {
    try {
      await test()
      return { ok: true }
    } catch (error) {
      return { ok: false, trouble: troubleOf(error, server) }
    }
  }
  const [imapResult, smtpResult] = await Promise.all([
    imap && run(imap, () => testImap(imap, imap.password ?? (before?.imap?.host === imap.host ? stored.imap : ''))),
    smtp && run(smtp, () => testSmtp(smtp, smtp.password ?? (before?.smtp?.host === smtp.host ? stored.smtp : ''))),
  ])
  return { imap: imapResult, smtp: smtpResult }
}
