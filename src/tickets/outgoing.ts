import { z } from 'zod'
import type { MailAddress } from '#channels/email/inbound-mail.ts'
import { catchAllAddress, replyAddress } from '#channels/mail-keys.ts'
import { activeMailbox, type FromName, sendingMailbox } from '#channels/mailboxes.ts'
import type { OutboundFile } from '#channels/outbound-message.ts'
import type { Context } from '#core/context.ts'
import { type Attachment, signedFilePath } from '#files/attachments.ts'
import { findDepartment, readDirectory } from '#people/directory.ts'
import { readHelpTopics } from '#routing/help-topics.ts'
import { publicAddress, readSettings, type Settings } from '#settings/settings.ts'
import { readWorkflow } from '#workflow/workflow.ts'
import { formatDue } from './expected.ts'
import { inlineAttachmentIds } from './inline-images.ts'
import type { Ticket } from './ticket-store.ts'

export interface Sender {
  mailbox: number | null
  from: MailAddress
  /** Where answers come to. */
  replyTo: MailAddress | null
}

/** Who a mail about a ticket comes from: the mailbox the ticket came to, else its department's, else the desk's. */
export async function senderOf(
  ctx: Context,
  ticket: Pick<Ticket, 'id' | 'mailboxId' | 'departmentId'>,
  recipient: string,
  agentName?: string | null,
): Promise<Sender> {
  const settings = await readSettings(ctx)
  const mailbox =
    (ticket.mailboxId === null ? null : await activeMailbox(ctx, ticket.mailboxId)) ??
    (await sendingMailbox(ctx, ticket.departmentId))
  const desk = settings['desk.name']
  const department = mailbox?.fromName === 'department' ? (await findDepartment(ctx, ticket.departmentId)).name : ''
  const address = mailbox?.address ?? `noreply@${new URL(await publicAddress(ctx)).hostname.replace(/^\[|\]$/g, '')}`
  const tagged = mailbox && (!mailbox.fetches || settings['mail.plusAddressing'])
  const catchAll = mailbox ? settings['mail.catchAllDomain'] : null
  return {
    mailbox: mailbox?.id ?? null,
    from: { name: fromNameOf(mailbox?.fromName ?? 'agent_at_desk', { agent: agentName ?? null, department, desk }), address },
    replyTo: mailbox?.replyTo
      ? { name: desk, address: mailbox.replyTo }
      : catchAll
        ? { name: desk, address: catchAllAddress(ctx, catchAll, ticket.id, recipient) }
        : tagged
          ? { name: desk, address: replyAddress(ctx, mailbox.address, ticket.id, recipient) }
          : null,
  }
}

/** Pure: the name before the address; what has no agent or department to name is from the desk. */
export function fromNameOf(style: FromName, names: { agent: string | null; department: string; desk: string }): string {
  switch (style) {
    case 'agent_at_desk':
      return names.agent ? `${names.agent} at ${names.desk}` : names.desk
    case 'agent':
      return names.agent ?? names.desk
    case 'department':
      return names.department || names.desk
    case 'desk':
      return names.desk
  }
}

const LINK_SECONDS = 30 * 24 * 3600

/** Files of an entry as a mail carries them: inline pictures always, others up to the desk's limit, the rest as signed links. */
export async function mailFiles(
  ctx: Context,
  html: string,
  files: readonly Attachment[],
  settings: Settings,
): Promise<{ files: OutboundFile[]; links: string }> {
  const inline = new Set(inlineAttachmentIds(html))
  const carried: OutboundFile[] = []
  const linked: Attachment[] = []
  let size = 0
  for (const file of files) {
    const isInline = inline.has(file.id)
    size += file.size
    if (!isInline && size > settings['mail.attachUpToBytes']) linked.push(file)
    else
      carried.push({
        blob: file.blob,
        name: file.name,
        contentType: file.contentType,
        contentId: isInline ? `attachment-${file.id}` : null,
      })
  }
  if (linked.length === 0) return { files: carried, links: '' }
  const base = await publicAddress(ctx)
  const items = linked.map((file) => {
    const href = `${base}${signedFilePath(ctx, file, LINK_SECONDS)}`.replaceAll('&', '&amp;')
    const name = file.name.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
    return `<li><a href="${href}">${name}</a></li>`
  })
  return { files: carried, links: `<ul>${items.join('')}</ul>` }
}

/** The variables that every mail about a ticket can use. `link` replaces the plain address when the reader needs a key in it. */
export async function ticketVariables(
  ctx: Context,
  ticket: Ticket,
  requester: { name: string; address?: string; timeZone?: string | null; locale?: string | null },
  options: { audience: 'customer' | 'agent'; link?: string },
): Promise<Record<string, unknown>> {
  const settings = await readSettings(ctx)
  const base = await publicAddress(ctx)
  const [directory, workflow, topics] = await Promise.all([readDirectory(ctx), readWorkflow(ctx), readHelpTopics(ctx)])
  const zone = requester.timeZone ?? settings['desk.timeZone']
  const format = new Intl.DateTimeFormat(requester.locale ?? settings['desk.locale'], {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: zone,
  })
  const time = (at: Date | null): string => (at ? format.format(at) : '')
  const named = (list: readonly { id: number; name: string }[], id: number | null | undefined): string =>
    list.find((one) => one.id === id)?.name ?? ''
  const status = workflow.statuses.find((one) => one.id === ticket.statusId)
  const department = directory.departments.find((one) => one.id === ticket.departmentId)
  const assignee = directory.agents.find((one) => one.id === ticket.assigneeId)
  return {
    desk: { name: settings['desk.name'], url: base },
    ticket: {
      number: ticket.number,
      subject: ticket.subject,
      url: options.link ?? `${base}${options.audience === 'agent' ? '/agent' : ''}/tickets/${ticket.number}`,
      status: status?.name ?? '',
      state: ticket.state,
      priority: named(workflow.priorities, ticket.priorityId),
      topic: named(topics, ticket.helpTopicId),
      department: department?.name ?? '',
      manager: named(directory.agents, department?.managerId),
      assignee: assignee?.name ?? '',
      assignee_email: assignee?.email ?? '',
      team: named(directory.teams, ticket.teamId),
      source: ticket.channel,
      created: time(ticket.createdAt),
      updated: time(ticket.updatedAt),
      due: time(ticket.dueAt),
      closed: time(ticket.closedAt),
    },
    requester: {
      name: requester.name,
      first_name: requester.name.split(' ')[0] ?? requester.name,
      last_name: requester.name.includes(' ') ? requester.name.slice(requester.name.indexOf(' ') + 1) : '',
      email: requester.address ?? '',
    },
    expected: ticket.dueAt ? formatDue(ticket.dueAt, ctx.clock.now(), zone, ctx.locale) : '',
  }
}

/** Whose signature ends a mail: the department's (else the writer's own), the writer's own, or none. */
export const SignatureChoice = z.enum(['department', 'own', 'none'])

export const signatureOf = (
  choice: z.infer<typeof SignatureChoice>,
  department: { signature: string },
  agent: { signature: string } | null | undefined,
): string =>
  choice === 'none' ? '' : choice === 'own' ? (agent?.signature ?? '') : department.signature || (agent?.signature ?? '')
