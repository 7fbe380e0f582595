import type { Context } from '#core/context.ts'
import { forbidden, notFound } from '#core/errors.ts'
import { type GrantView, grantViews } from './mailbox-grant-store.ts'
import { type MailboxRow, mailboxRows } from './mailbox-store.ts'

export type { GrantView } from './mailbox-grant-store.ts'
export type { MailboxRow } from './mailbox-store.ts'

export interface ShownMailbox extends MailboxRow {
  /** How it signs in by OAuth; null when it does by password, or not at all. */
  grant: GrantView | null
}

/** All mailboxes with their state, for administrators; passwords and tokens are never among it. Errors: Forbidden. */
export async function showMailboxes(ctx: Context): Promise<ShownMailbox[]> {
  if (!ctx.actor.administrator) throw forbidden()
  const [rows, grants] = [await mailboxRows(ctx), await grantViews(ctx)]
  return rows.map((row) => ({ ...row, grant: grants.get(row.id) ?? null }))
}

/** Errors: Forbidden, NotFound. */
export async function showMailbox(ctx: Context, id: number): Promise<ShownMailbox> {
  if (!ctx.actor.administrator) throw forbidden()
  const row = (await mailboxRows(ctx, id))[0]
  if (!row) throw notFound()
  return { ...row, grant: (await grantViews(ctx)).get(id) ?? null }
}

/** How many messages of a mailbox wait to leave. Errors: Forbidden. */
export async function waitingToLeave(ctx: Context, id: number): Promise<number> {
  if (!ctx.actor.administrator) throw forbidden()
  const row = await ctx.db
    .selectFrom('outbound_message')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('mailbox_id', '=', id)
    .where('state', 'in', ['held', 'waiting'])
    .executeTakeFirstOrThrow()
  return row.count
}
