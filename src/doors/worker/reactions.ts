import {
  loopStopped,
  mailboxFailing,
  mailboxSilent,
  messageFailed,
  messageHeld,
  secretExpiring,
} from '#channels/channel-events.ts'
import type { Context } from '#core/context.ts'
import type { EventRecord, EventType, ReactionPlan, ReactPayload } from '#core/events.ts'
import { alertAgents, newTicketLines, newTicketReaders, type TicketAlert, wantsAlert } from '#notifications/alert-agents.ts'
import type { CustomerKind } from '#notifications/alert-kinds.ts'
import { alertLoopStopped } from '#notifications/alert-loop-stopped.ts'
import { alertMailboxFailing, alertMailboxSilent } from '#notifications/alert-mailbox-failing.ts'
import { isEverOn } from '#notifications/alert-rules.ts'
import { alertSecretExpiring } from '#notifications/alert-secret-expiring.ts'
import { autoRespond, confirmMessage, remindCustomer, tellCopied, tellResolved } from '#notifications/autorespond.ts'
import { mailCanLeave } from '#notifications/mail-can-leave.ts'
import { overLimit } from '#notifications/notification-events.ts'
import {
  copiesChanged,
  customerReminded,
  customerWrote,
  noteAdded,
  statusChanged,
  thirdPartyWrote,
  ticketAssigned,
  ticketMentioned,
  ticketOpened,
  ticketReplied,
  ticketTransferred,
} from '#tickets/ticket-events.ts'

/** Something that follows from an event. `wanted` looks at cached facts only; `run` happens in a job of its own, once. */
export interface Reaction {
  readonly name: string
  wanted(ctx: Context, event: EventRecord): Promise<boolean>
  run(ctx: Context, event: ReactPayload): Promise<void>
}

const autoresponse: Reaction = {
  name: 'autoresponse',
  wanted: async (ctx, event) => event.data.autorespond === true && (await mailCanLeave(ctx)),
  run: autoRespond,
}

/** A mail that desks rarely send: a job only when somebody asked for it somewhere. */
const customerMail = (
  name: string,
  kind: CustomerKind,
  applies: (ctx: Context, event: EventRecord) => boolean,
  run: Reaction['run'],
): Reaction => ({
  name,
  wanted: async (ctx, event) => applies(ctx, event) && (await isEverOn(ctx, kind)) && (await mailCanLeave(ctx)),
  run,
})

const byAgent = (ctx: Context): boolean => (ctx.actor.kind === 'agent' || ctx.actor.kind === 'token') && ctx.actor.id !== null

const confirmation = customerMail(
  'confirm-message',
  'new_message',
  (_ctx, event) => event.data.automatic !== true && event.data.flagged !== true,
  confirmMessage,
)
const resolvedMail = customerMail(
  'tell-resolved',
  'resolved',
  (ctx, event) =>
    byAgent(ctx) && event.data.toState === 'resolved' && event.data.fromState !== 'resolved' && event.data.cause !== 'reply',
  tellResolved,
)
const copiedMail = customerMail(
  'tell-copied',
  'copied',
  (ctx, event) => byAgent(ctx) && Array.isArray(event.data.added) && event.data.added.length > 0,
  tellCopied,
)

const reminderMail: Reaction = { name: 'remind-customer', wanted: mailCanLeave, run: remindCustomer }

const alert = (name: string, kind: TicketAlert, applies: (event: EventRecord) => boolean): Reaction => ({
  name,
  wanted: async (ctx, event) => applies(event) && (await wantsAlert(ctx, kind, { ...event, actor: ctx.actor })),
  run: (ctx, event) => alertAgents(ctx, kind, event),
})
const always = (): boolean => true

const newTicketJob = alert('alert-new-ticket', 'new_ticket', (event) => event.data.alert === true)
/** A job only when somebody is mailed; else the inboxes get their lines with the event. */
const alertNewTicket: Reaction = {
  ...newTicketJob,
  // Readers first: where they are known, everybody has been looked at already.
  wanted: async (ctx, event) =>
    event.data.alert === true && (await newTicketReaders(ctx, event)) === null && (await newTicketJob.wanted(ctx, event)),
}
const alertNewMessage = alert('alert-new-message', 'new_message', (event) => event.data.automatic !== true)
const alertThirdParty = alert('alert-third-party', 'new_message', (event) => event.data.automatic !== true)
const alertAssigned = alert('alert-assigned', 'assigned', (event) => event.data.claimed !== true)
const alertNote = alert('alert-note', 'activity', always)
const alertReply = alert('alert-reply', 'activity', always)
const alertTransferred = alert('alert-transferred', 'transferred', always)
const alertMentioned = alert('alert-mentioned', 'mentioned', always)
const alertOverLimit = alert('alert-over-limit', 'over_limit', always)
/** What answers a machine or a forged address fails often, and nobody waits for it. */
const matters = (event: EventRecord): boolean => event.data.kind !== 'autoresponse' && event.data.kind !== 'link'
const alertFailed = alert('alert-message-failed', 'message_failed', matters)
const alertHeld = alert('alert-message-held', 'message_held', matters)

const alertSecret: Reaction = { name: 'alert-secret-expiring', wanted: async () => true, run: alertSecretExpiring }
const alertFailing: Reaction = { name: 'alert-mailbox-failing', wanted: async () => true, run: alertMailboxFailing }
const alertSilent: Reaction = { name: 'alert-mailbox-silent', wanted: async () => true, run: alertMailboxSilent }

const alertLoop: Reaction = { name: 'alert-loop-stopped', wanted: async () => true, run: alertLoopStopped }

const on = <D extends object>(type: EventType<D>, reactions: readonly Reaction[]): readonly [string, readonly Reaction[]] => [
  type.verb,
  reactions,
]

/** THE page: what follows from what. (A reply's own mail was queued by its verb.) */
const reactions: ReadonlyMap<string, readonly Reaction[]> = new Map<string, readonly Reaction[]>([
  on(ticketOpened, [autoresponse, alertNewTicket]),
  on(customerWrote, [confirmation, alertNewMessage]),
  on(thirdPartyWrote, [alertThirdParty]),
  on(ticketReplied, [alertReply]),
  on(noteAdded, [alertNote]),
  on(ticketAssigned, [alertAssigned]),
  on(ticketMentioned, [alertMentioned]),
  on(ticketTransferred, [alertTransferred]),
  on(statusChanged, [resolvedMail]),
  on(copiesChanged, [copiedMail]),
  on(customerReminded, [reminderMail]),
  on(overLimit, [alertOverLimit]),
  on(messageFailed, [alertFailed]),
  on(messageHeld, [alertHeld]),
  on(mailboxFailing, [alertFailing]),
  on(secretExpiring, [alertSecret]),
  on(mailboxSilent, [alertSilent]),
  on(loopStopped, [alertLoop]),
])

export const plan: ReactionPlan = {
  async wanted(ctx, event) {
    const wanted: string[] = []
    for (const reaction of reactions.get(event.verb) ?? []) if (await reaction.wanted(ctx, event)) wanted.push(reaction.name)
    return wanted
  },
  async alongside(ctx, event) {
    if (event.verb !== ticketOpened.verb || event.data.alert !== true) return []
    const readers = await newTicketReaders(ctx, event)
    return readers && readers.length > 0 ? [newTicketLines(ctx, event, readers)] : []
  },
}

/** The reactions that an event asked for when it happened. */
export const reactionsOf = (event: Pick<ReactPayload, 'verb' | 'reactions'>): Reaction[] =>
  (reactions.get(event.verb) ?? []).filter((reaction) => event.reactions.includes(reaction.name))
