import { activeMailboxes } from '#channels/mailboxes.ts'
import type { Context } from '#core/context.ts'

/** With no way for mail to leave, automatic mail is not even written; a person's reply always is. */
export const mailCanLeave = async (ctx: Context): Promise<boolean> =>
  ctx.site.hasDefaultSmtp || (await activeMailboxes(ctx)).some((mailbox) => mailbox.sends)
