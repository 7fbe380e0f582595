import { loopStopped, mailboxFailing } from '#channels/channel-events.ts'
import { activeMailboxes } from '#channels/mailboxes.ts'
import type { Context } from '#core/context.ts'
import type { EventRecord, EventType, ReactionPlan, ReactPayload } from '#core/events.ts'
import { alertAgents, alertPlan } from '#notifications/alert-agents.ts'
import { alertLoopStopped } from '#notifications/alert-loop-stopped.ts'
import { alertMailboxFailing } from '#notifications/alert-mailbox-failing.ts'
import { autoRespond } from '#notifications/autorespond.ts'
import { readSettings } from '#settings/settings.ts'
import { customerWrote, ticketAssigned, ticketOpened } from '#tickets/ticket-events.ts'

/** Something that follows from an event. `wanted` looks at cached facts only; `run` happens in a job of its own, once. */
export interface Reaction {
  readonly name: string
  wanted(ctx: Context, event: EventRecord): Promise<boolean>
  run(ctx: Context, event: ReactPayload): Promise<void>
}

/** With no way for mail to leave, automatic mail is not even written; a person's reply always is. */
const mailCanLeave = async (ctx: Context): Promise<boolean> =>
  ctx.site.hasDefaultSmtp || (await activeMailboxes(ctx)).some((mailbox) => mailbox.sends)

const autoresponse: Reaction = {
  name: 'autoresponse',
  wanted: async (ctx, event) =>
    event.data.autorespond === true && (await readSettings(ctx))['autoresponse.newTicket'] && (await mailCanLeave(ctx)),
  run: autoRespond,
}

const alert = (
  name: string,
  kind: 'new_ticket' | 'new_message' | 'assigned',
  applies: (event: EventRecord) => boolean,
): Reaction => ({
  name,
  wanted: async (ctx, event) => {
    if (!applies(event)) return false
    const plan = await alertPlan(ctx, kind, { facts: event.facts, actor: ctx.actor })
    return plan.inApp.length > 0 || (plan.mail.length > 0 && (await mailCanLeave(ctx)))
  },
  run: (ctx, event) => alertAgents(ctx, kind, event),
})

const alertNewTicket = alert('alert-new-ticket', 'new_ticket', (event) => event.data.alert === true)
const alertNewMessage = alert('alert-new-message', 'new_message', (event) => event.data.automatic !== true)
const alertAssigned = alert('alert-assigned', 'assigned', (event) => event.data.claimed !== true)

const alertFailing: Reaction = { name: 'alert-mailbox-failing', wanted: mailCanLeave, run: alertMailboxFailing }

const alertLoop: Reaction = { name: 'alert-loop-stopped', wanted: async () => true, run: alertLoopStopped }

const on = <D extends object>(type: EventType<D>, reactions: readonly Reaction[]): readonly [string, readonly Reaction[]] => [
  type.verb,
  reactions,
]

/** THE page: what follows from what. (A reply's own mail was queued by its verb.) */
const reactions: ReadonlyMap<string, readonly Reaction[]> = new Map([
  on(ticketOpened, [autoresponse, alertNewTicket]),
  on(customerWrote, [alertNewMessage]),
  on(ticketAssigned, [alertAssigned]),
  on(mailboxFailing, [alertFailing]),
  on(loopStopped, [alertLoop]),
])

export const plan: ReactionPlan = {
  async wanted(ctx, event) {
    const wanted: string[] = []
    for (const reaction of reactions.get(event.verb) ?? []) if (await reaction.wanted(ctx, event)) wanted.push(reaction.name)
    return wanted
  },
}

/** The reactions that an event asked for when it happened. */
export const reactionsOf = (event: Pick<ReactPayload, 'verb' | 'reactions'>): Reaction[] =>
  (reactions.get(event.verb) ?? []).filter((reaction) => event.reactions.includes(reaction.name))
