import type { Context } from '#core/context.ts'
import { forbidden, notFound } from '#core/errors.ts'
import { type MailboxRow, mailboxRows } from './mailbox-store.ts'

export type { MailboxRow } from './mailbox-store.ts'

/** All mailboxes with their state, for administrators; passwords are never among it. Errors: Forbidden. */
export async function showMailboxes(ctx: Context): Promise<MailboxRow[]> {
  if (!ctx.actor.administrator) throw forbidden()
  return mailboxRows(ctx)
}

/** Errors: Forbidden, NotFound. */
export async function showMailbox(ctx: Context, id: number): Promise<MailboxRow> {
  if (!ctx.actor.administrator) throw forbidden()
  const row = (await mailboxRows(ctx, id))[0]
  if (!row) throw notFound()
  return row
}
