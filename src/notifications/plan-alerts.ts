import {
  type AlertKind,
  type AlertSetting,
  alertSettings,
  type CustomerKind,
  type RecipientRole,
  type RuleScope,
  recipientRoles,
  ruleScopes,
  shippedCustomer,
  shippedMatrix,
} from './alert-kinds.ts'

/** Who is told of what, and why. Pure: from facts that the caller has loaded. The trial page and the alerts ask the same function. */

export interface AlertRule {
  scope: RuleScope
  /** 0 for the desk. */
  scopeId: number
  kind: string
  recipient: string
  setting: AlertSetting
}

export interface Teller {
  id: number
  isArchived: boolean
  isAdministrator: boolean
  /** The one switch for all mail. */
  alertMail: boolean
  awayUntil: Date | null
}

export interface AlertFacts {
  kind: AlertKind
  now: Date
  /** Who did it: nobody is told of their own acts. */
  actor: { kind: string; id: number | null }
  agents: readonly Teller[]
  rules: readonly AlertRule[]
  /** null when the event is about no ticket. */
  ticket: { department: number | null; topic: number | null; assignee: number | null; team: number | null } | null
  /** Who works in the ticket's department, and who leads it. */
  members: readonly number[]
  manager: number | null
  /** Of the ticket's team. */
  team: { members: readonly number[]; lead: number | null } | null
  lastRespondent: number | null
  followers: readonly number[]
  /** Whom the event names. */
  concerned: readonly number[]
  /** The gate: may this agent see what the event is about? */
  maySee(agent: number): boolean
  /** Mail about mail that does not leave would not leave either. */
  neverByMail?: boolean
}

export type Held = 'own_act' | 'archived' | 'cannot_see' | 'switched_off' | 'mentioned'

export interface Reason {
  role: RecipientRole
  setting: AlertSetting
  /** Where that was set; null: as shipped. */
  from: RuleScope | null
}

export interface Decision {
  agent: number
  /** What comes of it. */
  outcome: AlertSetting
  reasons: Reason[]
  /** Why nothing comes of it, when nothing does. */
  held: Held | null
  /** Why there is no mail although a reason asks for one. */
  noMail: 'away' | 'mail_off' | 'mail_trouble' | null
}

type Scopes = Partial<Record<RuleScope, number | null>>

/** The setting of the most specific scope that has one. */
function firstRule(rules: readonly AlertRule[], kind: string, recipient: string, scopes: Scopes): AlertRule | null {
  for (const scope of ruleScopes) {
    const id = scope === 'desk' ? 0 : scopes[scope]
    if (id == null) continue
    const found = rules.find(
      (rule) => rule.kind === kind && rule.recipient === recipient && rule.scope === scope && rule.scopeId === id,
    )
    if (found) return found
  }
  return null
}

/** How a role is told of a kind, and where that was set; null when the role has no part in it. */
export function settingFor(rules: readonly AlertRule[], kind: AlertKind, role: RecipientRole, scopes: Scopes): Reason | null {
  const shipped = shippedMatrix[kind][role]
  if (shipped === undefined) return null
  const rule = firstRule(rules, kind, role, scopes)
  return { role, setting: rule?.setting ?? shipped, from: rule?.scope ?? null }
}

/** Is a customer mailed of this, and where was that set? */
export function customerSetting(
  rules: readonly AlertRule[],
  kind: CustomerKind,
  scopes: Scopes,
): { isOn: boolean; from: RuleScope | null } {
  const rule = firstRule(rules, kind, 'customer', scopes)
  return { isOn: (rule?.setting ?? shippedCustomer[kind]) === 'mail', from: rule?.scope ?? null }
}

/** Who stands in a role of this event. A ticket that somebody has is no news to a whole department or team. */
export function candidates(facts: AlertFacts, role: RecipientRole): readonly number[] {
  const { ticket, kind } = facts
  const one = (id: number | null | undefined): number[] => (id == null ? [] : [id])
  const nobodyHasIt = ticket !== null && ticket.assignee === null
  switch (role) {
    case 'concerned':
      return facts.concerned
    case 'assignee':
      return one(ticket?.assignee)
    case 'team':
      // A note is for the whole team even when one of it has the ticket.
      return nobodyHasIt || kind === 'activity' ? (facts.team?.members ?? []) : []
    case 'lead':
      return nobodyHasIt ? one(facts.team?.lead) : []
    case 'last_respondent':
      return one(facts.lastRespondent)
    case 'followers':
      return facts.followers
    case 'department':
      return nobodyHasIt && ticket?.team == null ? facts.members : []
    case 'manager':
      return one(facts.manager)
    case 'administrators':
      // A message of a person is the person's business first.
      return kind === 'message_failed' && facts.concerned.length > 0
        ? []
        : facts.agents.filter((agent) => agent.isAdministrator).map((agent) => agent.id)
  }
}

const strength = (setting: AlertSetting): number => alertSettings.indexOf(setting)

/** One decision for each agent who has a part in it, with every reason. The strongest reason wins. */
export function planAlerts(facts: AlertFacts): Decision[] {
  const reasons = new Map<number, Reason[]>()
  const { ticket } = facts
  for (const role of recipientRoles) {
    for (const agent of candidates(facts, role)) {
      const reason = settingFor(facts.rules, facts.kind, role, { agent, topic: ticket?.topic, department: ticket?.department })
      if (reason) reasons.set(agent, [...(reasons.get(agent) ?? []), reason])
    }
  }
  return [...reasons].map(([id, why]): Decision => {
    const wanted = why.reduce<AlertSetting>((best, one) => (strength(one.setting) > strength(best) ? one.setting : best), 'off')
    const base = { agent: id, reasons: why, noMail: null }
    const agent = facts.agents.find((one) => one.id === id)
    const nothing = (held: Held): Decision => ({ ...base, outcome: 'off', held })
    if (!agent || agent.isArchived) return nothing('archived')
    if ((facts.actor.kind === 'agent' || facts.actor.kind === 'token') && facts.actor.id === id) return nothing('own_act')
    if (!facts.maySee(id)) return nothing('cannot_see')
    // A mention is told by itself; the note that it stands in need not be told as well.
    if (facts.kind === 'activity' && facts.concerned.includes(id)) return nothing('mentioned')
    if (wanted === 'off') return nothing('switched_off')
    if (wanted === 'app') return { ...base, outcome: 'app', held: null }
    const noMail = facts.neverByMail
      ? 'mail_trouble'
      : !agent.alertMail
        ? 'mail_off'
        : agent.awayUntil !== null && agent.awayUntil > facts.now
          ? 'away'
          : null
    return { ...base, outcome: noMail ? 'app' : 'mail', held: null, noMail }
  })
}
