import { z } from 'zod'
import { type ShownMailbox, showMailbox, showMailboxes } from '#channels/show-mailboxes.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { idText, type PublicIds } from '../public-id.ts'
import { pageOf } from './shapes.ts'

const TAG = 'Mailboxes'
const scope = 'admin' as const
const moment = z.iso.datetime()

/** Named one by one: servers' users, passwords, applications and tokens are never among it. */
const MailboxShape = z.object({
  id: idText('mailbox'),
  address: z.string(),
  name: z.string(),
  department: idText('department'),
  protocol: z.enum(['imap', 'pop3', 'graph', 'listener']).describe('How mail comes in; listener: it is delivered to the desk'),
  folder: z.string().nullable().describe('The folder mail is fetched from'),
  state: z
    .enum(['works', 'paused', 'failing', 'not_fetched_yet', 'not_signed_in', 'delivered'])
    .describe('delivered: mail comes by the listener or a pipe, so that there is nothing to fetch'),
  lastLookAt: moment.nullable(),
  lastMailAt: moment.nullable(),
  backlog: z.object({
    mails: z.number().int().describe('Mails that wait on the mail server'),
    oldestAt: moment.nullable(),
  }),
  trouble: z
    .object({
      key: z.string().describe('Why it cannot be read, such as signIn, certificate or timeout'),
      host: z.string(),
      detail: z.string().describe('What the server said'),
      since: moment.nullable(),
    })
    .nullable(),
})

const protocolOf = (row: ShownMailbox): z.output<typeof MailboxShape>['protocol'] =>
  row.graph ? 'graph' : (row.imap?.protocol ?? 'listener')

function stateOf(row: ShownMailbox): z.output<typeof MailboxShape>['state'] {
  if (!row.isActive) return 'paused'
  if (row.trouble) return 'failing'
  if (!row.imap && !row.graph) return 'delivered'
  if (row.grant && row.grant.settings.grant !== 'client_credentials' && row.grant.signedInAt === null) return 'not_signed_in'
  return row.lastPolledAt ? 'works' : 'not_fetched_yet'
}

const written = (at: Date | null): string | null => at?.toISOString() ?? null

const mailboxOf = (ids: PublicIds, row: ShownMailbox): z.output<typeof MailboxShape> => ({
  id: ids.write('mailbox', row.id),
  address: row.address,
  name: row.name,
  department: ids.write('department', row.department),
  protocol: protocolOf(row),
  folder: row.graph?.folder ?? (row.imap?.protocol === 'imap' ? row.imap.folder : null),
  state: stateOf(row),
  lastLookAt: written(row.lastPolledAt),
  lastMailAt: written(row.lastMailAt),
  backlog: { mails: row.waitingMails, oldestAt: written(row.oldestWaitingAt) },
  trouble: row.trouble && {
    key: row.trouble.key,
    host: row.trouble.params.host,
    detail: row.trouble.detail,
    since: written(row.troubleSince),
  },
})

const mailboxes = endpoint(
  {
    method: 'GET',
    path: '/mailboxes',
    summary: 'List mailboxes and how each of them is (administrators)',
    tag: TAG,
    scope,
    answer: pageOf(MailboxShape),
  },
  async ({ ctx, ids }) => ({ data: (await showMailboxes(ctx)).map((row) => mailboxOf(ids, row)), next: null }),
)

const mailbox = endpoint(
  {
    method: 'GET',
    path: '/mailboxes/{mailbox}',
    ids: { mailbox: 'mailbox' },
    summary: 'One mailbox and how it is (administrators)',
    tag: TAG,
    scope,
    answer: MailboxShape,
  },
  async ({ ctx, ids, path }) => mailboxOf(ids, await showMailbox(ctx, path.mailbox!)),
)

export const mailboxEndpoints: readonly Endpoint[] = [mailboxes, mailbox]
