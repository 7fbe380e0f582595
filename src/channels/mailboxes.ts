import { cached, defineCached } from '#core/cache.ts'
import type { Context } from '#core/context.ts'
import { readSettings } from '#settings/settings.ts'
import { withoutReplyTag } from './email/signed-address.ts'
import { isReplyAddress } from './mail-keys.ts'

/** `Sam at Acme`, `Sam`, `Support`, `Acme`. */
export const fromNames = ['agent_at_desk', 'agent', 'department', 'desk'] as const
export type FromName = (typeof fromNames)[number]

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
  /** null: as the desk does, `Sam at Acme`. */
  fromName: FromName | null
  /** Where answers go instead of the mailbox's own address. */
  replyTo: string | null
}

/** Active mailboxes, oldest first. */
export const mailboxesCache = defineCached<readonly ActiveMailbox[]>('mailboxes', async (ctx) => {
  const rows = await ctx.db
    .selectFrom('mailbox')
    .select([
      'id',
      'address',
      'name',
      'department_id as department',
      'smtp',
      'imap',
      'graph',
      'from_name as fromName',
      'reply_to as replyTo',
    ])
    .where('is_active', '=', true)
    .where('archived_at', 'is', null)
    .orderBy('id')
    .execute()
  return rows.map(({ smtp, imap, graph, ...row }) => ({
    ...row,
    sends: smtp !== null || graph !== null,
    fetches: imap !== null || graph !== null,
  }))
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
  const plus = all.find((mailbox) => mailbox.address === plain)
  if (plus) return plus
  // On a domain that is ours as a whole only addresses that we signed are taken: the rest of it may be other people's.
  const domain = (await readSettings(ctx))['mail.catchAllDomain']
  if (!domain || !address.endsWith(`@${domain}`) || !isReplyAddress(ctx, address)) return null
  return all.find((mailbox) => mailbox.address.endsWith(`@${domain}`)) ?? all[0] ?? null
}

/** Addresses of all mailboxes that are not archived, those that are switched off among them. */
export const ownAddressesCache = defineCached<ReadonlySet<string>>('own addresses', async (ctx) => {
  const rows = await ctx.db.selectFrom('mailbox').select('address').where('archived_at', 'is', null).execute()
  return new Set(rows.map((row) => row.address))
})

/** Whether mail to this address comes back to the desk: its mailboxes, resting ones too, their plus parts, reply addresses, and what the administrator named. */
export async function isOwnAddress(ctx: Context, address: string): Promise<boolean> {
  const wanted = address.trim().toLowerCase()
  const settings = await readSettings(ctx)
  if (settings['mail.ownAddresses'].includes(wanted) || isReplyAddress(ctx, wanted)) return true
  const plain = withoutReplyTag(wanted).replace(/\+[^@]*(?=@[^@]*$)/, '')
  return (await cached(ctx, ownAddressesCache)).has(plain) || (await mailboxOfRecipient(ctx, wanted)) !== null
}
