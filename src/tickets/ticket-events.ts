import { defineEvent } from '#core/events.ts'
import type { UndoData } from './undo-data.ts'

/** What puts it back as it was; left out where nothing can be undone. */
interface Undoable {
  undo?: UndoData
}

export const ticketOpened = defineEvent<{
  entry: number
  channel: string
  /** Which routing rule set what. */
  trace: unknown
  autorespond: boolean
  alert: boolean
  verdict: string | null
  /** Opened by an agent for a customer. */
  byAgent: boolean
  tellRequester: boolean
}>('ticket.opened')
/** The customer, or somebody on copy, wrote on the thread. */
export const customerWrote = defineEvent<{ entry: number; reopened: boolean; flagged: boolean; automatic: boolean }>(
  'ticket.customer_wrote',
)
/** A reply was released to the world. */
export const ticketReplied = defineEvent<{ entry: number; first: boolean }>('ticket.replied')
/** A reply was posted and can still be withdrawn. */
export const replyQueued = defineEvent<{ entry: number }>('ticket.reply_queued')
/** A reply was posted for a later time. */
export const replyScheduled = defineEvent<{ entry: number; sendsAt: string }>('ticket.reply_scheduled')
export const replyWithdrawn = defineEvent<{ entry: number }>('ticket.reply_withdrawn')
/** Something of the ticket was sent to somebody outside it. */
export const ticketForwarded = defineEvent<{ entry: number; to: string[] }>('ticket.forwarded')
/** Somebody whom the ticket was forwarded to wrote. */
export const thirdPartyWrote = defineEvent<{ entry: number; flagged: boolean; automatic: boolean }>('ticket.third_party_wrote')
/** What a third party wrote is shown to the customer. */
export const entryPublished = defineEvent<{ entry: number }>('ticket.entry_published')
export const noteAdded = defineEvent<{ entry: number; mentions: number[] }>('ticket.note_added')
export const ticketAssigned = defineEvent<
  Undoable & {
    from: { agent: number | null; team: number | null }
    to: { agent: number | null; team: number | null }
    claimed: boolean
  }
>('ticket.assigned')
export const ticketTransferred = defineEvent<Undoable & { from: number; to: number }>('ticket.transferred')
export const statusChanged = defineEvent<
  Undoable & {
    from: number
    to: number
    fromState: string
    toState: string
    reason: string | null
    cause: string
  }
>('ticket.status_changed')
export const ticketEdited = defineEvent<Undoable & { changes: Record<string, { from: unknown; to: unknown }> }>('ticket.edited')
export const copiesChanged = defineEvent<{ added: number[]; removed: number[]; pending?: number[] }>('ticket.copies_changed')
/** Another department may see it. */
export const ticketReferred = defineEvent<{ department: number }>('ticket.referred')
export const referralRemoved = defineEvent<{ department: number }>('ticket.referral_removed')
/** `sender`: mail of its sender is refused since, or taken again. */
/** We wait for the customer, and told them so. */
export const customerReminded = defineEvent<{ days: number }>('ticket.reminded')
export const ticketMoved = defineEvent<Undoable & { from: string; to: string; sender?: 'remembered' | 'forgotten' }>(
  'ticket.moved',
)
export const linksRevoked = defineEvent<Record<string, never>>('ticket.links_revoked')
export const ticketTagged = defineEvent<Undoable & { added: number[]; removed: number[] }>('ticket.tagged')
export const ticketFollowed = defineEvent<{ agent: number }>('ticket.followed')
export const ticketUnfollowed = defineEvent<{ agent: number }>('ticket.unfollowed')
/** Colleagues were named in a note; they follow the ticket since. */
export const ticketMentioned = defineEvent<{ ticket: number; entry: number; agents: number[] }>('ticket.mentioned')
export const mentionDone = defineEvent<{ agent: number }>('ticket.mention_done')
export const ticketSnoozed = defineEvent<Undoable & { until: string }>('ticket.snoozed')
export const ticketWoke = defineEvent<Undoable & { cause: 'clock' | 'customer' | 'agent' }>('ticket.woke')
export const notePinned = defineEvent<Undoable & { entry: number | null }>('ticket.note_pinned')
export const requesterChanged = defineEvent<Undoable & { from: number; to: number; keptOnCopy: boolean }>(
  'ticket.requester_changed',
)
export const ticketsMerged = defineEvent<Undoable & { from: Array<{ ticket: number; number: string }> }>('ticket.merged')
export const ticketMergedInto = defineEvent<{ into: number; number: string }>('ticket.merged_into')
export const ticketSplit = defineEvent<{ entry: number; to: number; number: string }>('ticket.split')
export const ticketLinked = defineEvent<{ ticket: number; number: string; as: 'parent' | 'child' | 'related' }>('ticket.linked')
export const ticketUnlinked = defineEvent<{ ticket: number; number: string }>('ticket.unlinked')
/** `event` was taken back, and with it the fields that it had changed. */
export const ticketUndone = defineEvent<{ event: number; verb: string; fields: string[] }>('ticket.undone')
/** Its content was erased for good; its number is never given again. */
export const ticketErased = defineEvent<{ from: string }>('ticket.erased')
/** An agent looked at it as its requester sees it. */
export const seenAsCustomer = defineEvent<Record<string, never>>('ticket.seen_as_customer')
