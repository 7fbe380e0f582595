import { cached, defineCached } from '#core/cache.ts'
import type { Context } from '#core/context.ts'
import { withoutReplyTag } from './email/signed-address.ts'

export interface ActiveMailbox {
  id: number
  /** Lower-case. */
  address: string
  name: string
  department: number
  /** Has a sending server of its own. */
  sends: boolean
  /** Is fetched from a server elsewhere; else its mail comes to our own listener or pipe. */
  fetches: boolean
}

/** Active mailboxes, oldest first. */
export const mailboxesCache = defineCached<readonly ActiveMailbox[]>('mailboxes', async (ctx) => {
  const rows = await ctx.db
    .selectFrom('mailbox')
    .select(['id', 'address', 'name', 'department_id as department', 'smtp', 'imap'])
    .where('is_active', '=', true)
    .where('archived_at', 'is', null)
    .orderBy('id')
    .execute()
  return rows.map(({ smtp, imap, ...row }) => ({ ...row, sends: smtp !== null, fetches: imap !== null }))
})

export const activeMailboxes = (ctx: Context): Promise<readonly ActiveMailbox[]> => cached(ctx, mailboxesCache)

export async function activeMailbox(ctx: Context, id: number): Promise<ActiveMailbox | null> {
  return (await activeMailboxes(ctx)).find((mailbox) => mailbox.id === id) ?? null
}

/** The mailbox a department's mails leave from: its own, one that can send before one that cannot; else the desk's first. null when there is none. */
export async function sendingMailbox(ctx: Context, department: number | null): Promise<ActiveMailbox | null> {
  const all = await activeMailboxes(ctx)
  const own = all.filter((mailbox) => mailbox.department === department)
  return own.find((m) => m.sends) ?? own[0] ?? all.find((m) => m.sends) ?? all[0] ?? null
}

/** The mailbox that a recipient address belongs to, reply tags and other plus parts aside (RFC 5233); null when it is none of ours. */
export async function mailboxOfRecipient(ctx: Context, recipient: string): Promise<ActiveMailbox | null> {
  const address = withoutReplyTag(recipient.trim().toLowerCase())
  const all = await activeMailboxes(ctx)
  const exact = all.find((mailbox) => mailbox.address === address)
  if (exact) return exact
  const plain = address.replace(/\+[^@]*(?=@[^@]*$)/, '')
  return all.find((mailbox) => mailbox.address === plain) ?? null
}
