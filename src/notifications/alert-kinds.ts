/** What agents are told of, who may be told, and how a new desk tells them. Pure; `plan-alerts.ts` decides with it. */

export const alertKinds = [
  'new_ticket',
  'new_message',
  'activity',
  'assigned',
  'transferred',
  'mentioned',
  'due_soon',
  'overdue',
  'over_limit',
  'message_failed',
  'message_held',
  'mailbox_failing',
  'mailbox_silent',
  'loop_stopped',
  'secret_expiring',
] as const
export type AlertKind = (typeof alertKinds)[number]

/** Why somebody is told. `concerned` is whom the event names: the mentioned, or the author of a message that failed. */
export const recipientRoles = [
  'concerned',
  'assignee',
  'team',
  'lead',
  'last_respondent',
  'followers',
  'department',
  'manager',
  'administrators',
] as const
export type RecipientRole = (typeof recipientRoles)[number]

/** Not at all; in the workspace; in the workspace and by mail. */
export const alertSettings = ['off', 'app', 'mail'] as const
export type AlertSetting = (typeof alertSettings)[number]

/** What a desk ships with. A role that is not listed has no part in that kind. */
export const shippedMatrix: Readonly<Record<AlertKind, Readonly<Partial<Record<RecipientRole, AlertSetting>>>>> = {
  new_ticket: { assignee: 'mail', team: 'app', lead: 'app', department: 'app', manager: 'mail', administrators: 'off' },
  new_message: {
    assignee: 'mail',
    team: 'app',
    last_respondent: 'app',
    followers: 'app',
    department: 'off',
    manager: 'off',
  },
  activity: { assignee: 'app', team: 'off', last_respondent: 'off', followers: 'app', manager: 'off' },
  assigned: { assignee: 'mail', team: 'app', lead: 'app', followers: 'off' },
  transferred: { assignee: 'app', team: 'app', followers: 'off', department: 'app', manager: 'app' },
  mentioned: { concerned: 'mail' },
  due_soon: { assignee: 'mail', team: 'app', department: 'app', manager: 'off' },
  overdue: { assignee: 'mail', team: 'app', department: 'app', manager: 'mail' },
  over_limit: { administrators: 'app' },
  message_failed: { concerned: 'mail', assignee: 'app', administrators: 'app' },
  message_held: { concerned: 'app', administrators: 'app' },
  mailbox_failing: { administrators: 'mail' },
  mailbox_silent: { administrators: 'mail' },
  loop_stopped: { administrators: 'mail' },
  secret_expiring: { administrators: 'mail' },
}

export const isAlertKind = (kind: string): kind is AlertKind => (alertKinds as readonly string[]).includes(kind)

/** What customers are told by the desk itself. The link somebody asked for and the replies of people always go out. */
export const customerKinds = ['new_request', 'opened_for_you', 'new_message', 'resolved', 'copied', 'too_many'] as const
export type CustomerKind = (typeof customerKinds)[number]

export const shippedCustomer: Readonly<Record<CustomerKind, 'off' | 'mail'>> = {
  new_request: 'mail',
  opened_for_you: 'mail',
  new_message: 'off',
  resolved: 'off',
  copied: 'mail',
  too_many: 'mail',
}

/** Where a setting was made, the most specific first: this is the order in which they are asked. */
export const ruleScopes = ['agent', 'person', 'topic', 'department', 'desk'] as const
export type RuleScope = (typeof ruleScopes)[number]
