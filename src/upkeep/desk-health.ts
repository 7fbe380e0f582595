import { mailTrouble } from '#channels/mail-log.ts'
import { type EndingSecret, endingSecrets } from '#channels/secret-expiry.ts'
import { type MailboxRow, showMailboxes } from '#channels/show-mailboxes.ts'
import type { Context } from '#core/context.ts'
import { forbidden } from '#core/errors.ts'
import { blobs } from '#files/blob-store.ts'
import { publicAddress } from '#settings/settings.ts'
import { isLoopback } from '#setup/self-test.ts'

/** Below this a mail may soon find no room; the database stops before the disk is quite full. */
const SHORT_BYTES = 1024 ** 3

export interface DeskHealth {
  /** The public address, when its links open on this machine only. */
  readonly loopback: string | null
  /** Mailboxes that cannot be read or sent from. */
  readonly failing: readonly Pick<MailboxRow, 'id' | 'address' | 'trouble' | 'troubleSince'>[]
  /** Client secrets of mailboxes that end within a week, or have ended. */
  readonly secrets: readonly EndingSecret[]
  /** Mails that cannot leave until an administrator mends something. */
  readonly held: number
  /** Bytes left for files, when they are few; null when there is room. */
  readonly diskLeft: number | null
}

/** What an administrator must know wherever they are. Errors: Forbidden. */
export async function deskHealth(ctx: Context): Promise<DeskHealth> {
  if (!ctx.actor.administrator) throw forbidden()
  const [address, mailboxes, { held }, free, secrets] = await Promise.all([
    publicAddress(ctx),
    showMailboxes(ctx),
    mailTrouble(ctx),
    ctx.slots.use(blobs).free(),
    endingSecrets(ctx, 7),
  ])
  return {
    loopback: isLoopback(address) ? address : null,
    failing: mailboxes.filter((mailbox) => mailbox.isActive && mailbox.trouble !== null),
    secrets,
    held,
    diskLeft: free !== null && free < SHORT_BYTES ? free : null,
  }
}
