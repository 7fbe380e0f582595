import type { Settings } from '#settings/settings.ts'
import { dueOf } from '#sla/due.ts'
import type { Status } from '#workflow/workflow.ts'
import type { Ticket } from './ticket-store.ts'

/** The moves of a ticket: pure, from what it is and what happened to what it becomes. */

const withDue = (ticket: Ticket, settings: Settings): Ticket => {
  const due = dueOf(ticket, settings)
  return { ...ticket, dueAt: due.at, dueKind: due.kind }
}

/** What a customer's message does to the ticket it lands on. Closed too long ago: a new ticket continues it. */
export function threadStateFor(
  ticket: Pick<Ticket, 'state' | 'closedAt'>,
  now: Date,
  settings: Settings,
): 'open' | 'reopenable' | 'closed_for_good' {
  if (ticket.state === 'resolved') return settings['tickets.answerToResolved'] === 'reopen' ? 'reopenable' : 'closed_for_good'
  if (ticket.state !== 'closed') return 'open'
  if (settings['tickets.answerToClosed'] !== 'by_age')
    return settings['tickets.answerToClosed'] === 'reopen' ? 'reopenable' : 'closed_for_good'
  const limit = settings['tickets.reopenClosedWithinDays'] * 86_400_000
  return ticket.closedAt && now.getTime() - ticket.closedAt.getTime() > limit ? 'closed_for_good' : 'reopenable'
}

/** Any customer message → Open. The clock runs from the oldest unanswered message. A reopened one stays with its agent unless they are away. */
export function afterMessage(
  ticket: Ticket,
  input: { at: Date; entry: number; preview: string; open: Status; assigneeIsAway: boolean; moves: boolean },
  settings: Settings,
): Ticket {
  const seen: Ticket = { ...ticket, lastMessageAt: input.at, lastEntryId: input.entry, preview: input.preview }
  if (!input.moves) return seen
  const reopened = ticket.state === 'resolved' || ticket.state === 'closed'
  return withDue(
    {
      ...seen,
      statusId: input.open.id,
      state: input.open.state,
      statusReason: null,
      waitingSince: ticket.waitingSince ?? input.at,
      ...(reopened
        ? {
            reopenedAt: input.at,
            resolvedAt: null,
            closedAt: null,
            assigneeId: input.assigneeIsAway || settings['tickets.reopenedGoesTo'] === 'nobody' ? null : ticket.assigneeId,
          }
        : {}),
    },
    settings,
  )
}

/** A third party's words bring back what waited; they start no clock, reopen nothing, and are nobody's unanswered message. */
export function afterThirdParty(
  ticket: Ticket,
  input: { entry: number; open: Status; moves: boolean },
  settings: Settings,
): Ticket {
  const seen: Ticket = { ...ticket, lastEntryId: input.entry }
  if (!input.moves || ticket.state !== 'on_hold') return seen
  return withDue({ ...seen, statusId: input.open.id, state: input.open.state, statusReason: null }, settings)
}

/** A released reply stops the clock and sets the status that it asked for; null: the status stays. */
export function afterReply(
  ticket: Ticket,
  input: { at: Date; entry: number; preview: string; status: Status | null },
  settings: Settings,
): Ticket {
  const answered: Ticket = {
    ...ticket,
    waitingSince: null,
    lastResponseAt: input.at,
    firstResponseAt: ticket.firstResponseAt ?? input.at,
    lastEntryId: Math.max(input.entry, ticket.lastEntryId ?? 0),
    preview: input.preview,
  }
  return input.status
    ? afterStatus(answered, { at: input.at, status: input.status, reason: null }, settings)
    : withDue(answered, settings)
}

/** A change of status keeps the times that go with its state. Reopening by hand puts the customer back in line. */
export function afterStatus(
  ticket: Ticket,
  input: { at: Date; status: Status; reason: string | null },
  settings: Settings,
): Ticket {
  const { state } = input.status
  const wasDone = ticket.state === 'resolved' || ticket.state === 'closed'
  const isDone = state === 'resolved' || state === 'closed'
  return withDue(
    {
      ...ticket,
      statusId: input.status.id,
      state,
      statusReason: input.reason,
      resolvedAt: isDone ? (ticket.resolvedAt ?? input.at) : null,
      closedAt: state === 'closed' ? (ticket.closedAt ?? input.at) : null,
      reopenedAt: wasDone && !isDone ? input.at : ticket.reopenedAt,
      waitingSince: isDone ? null : ticket.waitingSince,
      ...(isDone ? { snoozedUntil: null, snoozedBy: null } : {}),
    },
    settings,
  )
}

/** A new priority moves the due time. */
export const afterPriority = (ticket: Ticket, priority: { id: number; urgency: number }, settings: Settings): Ticket =>
  withDue({ ...ticket, priorityId: priority.id, urgency: priority.urgency }, settings)

/**
 * What a ticket becomes by others that are merged into it: the newest message of them all, the oldest that waits for an answer, and
 * open when one of them was waited for.
 */
export function afterMerge(target: Ticket, sources: readonly Ticket[], open: Status, settings: Settings): Ticket {
  const all = [target, ...sources]
  const latest = (times: Array<Date | null>): Date | null =>
    times.reduce((best, at) => (at && (!best || at > best) ? at : best), null)
  const earliest = (times: Array<Date | null>): Date | null =>
    times.reduce((best, at) => (at && (!best || at < best) ? at : best), null)
  const newest = all.reduce((best, one) => ((one.lastEntryId ?? 0) > (best.lastEntryId ?? 0) ? one : best), target)
  const waitingSince = earliest(all.map((one) => one.waitingSince))
  const opens = sources.some((one) => one.waitingSince !== null && one.state === 'open') && target.state !== 'open'
  return withDue(
    {
      ...target,
      preview: newest.preview,
      lastEntryId: newest.lastEntryId,
      lastMessageAt: latest(all.map((one) => one.lastMessageAt)),
      lastResponseAt: latest(all.map((one) => one.lastResponseAt)),
      firstResponseAt: target.firstResponseAt,
      waitingSince,
      // Departments that could see one of them see what it became; its own sees it anyway.
      referredTo: [...new Set(all.flatMap((one) => one.referredTo))].filter((one) => one !== target.departmentId),
      ...(opens ? { statusId: open.id, state: open.state, statusReason: null, resolvedAt: null, closedAt: null } : {}),
    },
    settings,
  )
}
