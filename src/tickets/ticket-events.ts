import { defineEvent } from '#core/events.ts'

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
export const noteAdded = defineEvent<{ entry: number; mentions: number[] }>('ticket.note_added')
export const ticketAssigned = defineEvent<{
  from: { agent: number | null; team: number | null }
  to: { agent: number | null; team: number | null }
  claimed: boolean
}>('ticket.assigned')
export const ticketTransferred = defineEvent<{ from: number; to: number }>('ticket.transferred')
export const statusChanged = defineEvent<{
  from: number
  to: number
  fromState: string
  toState: string
  reason: string | null
  cause: string
}>('ticket.status_changed')
export const ticketEdited = defineEvent<{ changes: Record<string, { from: unknown; to: unknown }> }>('ticket.edited')
export const copiesChanged = defineEvent<{ added: number[]; removed: number[]; pending?: number[] }>('ticket.copies_changed')
/** Another department may see it. */
export const ticketReferred = defineEvent<{ department: number }>('ticket.referred')
export const referralRemoved = defineEvent<{ department: number }>('ticket.referral_removed')
export const ticketMoved = defineEvent<{ from: string; to: string }>('ticket.moved')
export const linksRevoked = defineEvent<Record<string, never>>('ticket.links_revoked')
