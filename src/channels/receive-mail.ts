import type { Context } from '#core/context.ts'
import { type ActiveMailbox, activeMailboxes, mailboxOfRecipient } from './mailboxes.ts'
import { type Envelope, keyOfBytes, type PostLane, receiveRaw } from './receive-raw.ts'

/**
 * Takes a mail that was handed over whole (SMTP, LMTP, pipe): one message however many of our addresses it names, kept for the first
 * mailbox among them. Handed over again, it is the same message. Returns when it may be acknowledged.
 */
export async function receiveMail(
  ctx: Context,
  mail: { raw: Buffer; from: string | null; to: string[]; client?: { address: string; helo: string } },
  lane: PostLane | null = null,
): Promise<{ id: number; fresh: boolean }> {
  const mailbox = await mailboxAmong(ctx, mail.to)
  const envelope: Envelope = { from: mail.from, to: mail.to.slice(0, 200), ...(mail.client ? { client: mail.client } : {}) }
  const sourceKey = keyOfBytes('mail', mail.raw, mailbox?.address ?? mail.to[0] ?? '')
  return receiveRaw(ctx, { channel: 'email', sourceKey, mailbox: mailbox?.id ?? null, raw: mail.raw, envelope }, lane)
}

async function mailboxAmong(ctx: Context, recipients: readonly string[]): Promise<ActiveMailbox | null> {
  for (const recipient of recipients) {
    const found = await mailboxOfRecipient(ctx, recipient)
    if (found) return found
  }
  // With one mailbox there is no question whose mail it is.
  const all = await activeMailboxes(ctx)
  return all.length === 1 ? all[0]! : null
}
