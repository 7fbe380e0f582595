/** Who is told of what. Pure: from facts that the caller has loaded. */

export interface Teller {
  id: number
  isArchived: boolean
  alertMail: boolean
  awayUntil: Date | null
}

export interface AlertFacts {
  now: Date
  /** Who did it: nobody is told of their own acts. */
  actor: { kind: string; id: number | null }
  agents: readonly Teller[]
  assigneeId: number | null
  managerId: number | null
}

export interface AlertPlan {
  /** In the workspace. */
  inApp: number[]
  /** By mail, unless the ticket is on their screen. */
  mail: number[]
}

const usable = (facts: AlertFacts, id: number | null): Teller | null => {
  if (id === null || ((facts.actor.kind === 'agent' || facts.actor.kind === 'token') && facts.actor.id === id)) return null
  const found = facts.agents.find((agent) => agent.id === id)
  return found && !found.isArchived ? found : null
}

const wantsMail = (teller: Teller, now: Date): boolean =>
  teller.alertMail && !(teller.awayUntil !== null && teller.awayUntil > now)

/** A new ticket that nobody has: its department sees it in Unassigned; the manager gets a mail. */
export function onNewTicket(facts: AlertFacts): AlertPlan {
  const assignee = usable(facts, facts.assigneeId)
  if (facts.assigneeId !== null)
    return assignee
      ? { inApp: [assignee.id], mail: wantsMail(assignee, facts.now) ? [assignee.id] : [] }
      : { inApp: [], mail: [] }
  const manager = usable(facts, facts.managerId)
  return { inApp: [], mail: manager && wantsMail(manager, facts.now) ? [manager.id] : [] }
}

/** Assigned, or answered by the customer: the assignee. */
export function onAssigneeEvent(facts: AlertFacts): AlertPlan {
  const assignee = usable(facts, facts.assigneeId)
  if (!assignee) return { inApp: [], mail: [] }
  return { inApp: [assignee.id], mail: wantsMail(assignee, facts.now) ? [assignee.id] : [] }
}
