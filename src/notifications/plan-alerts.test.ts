import { describe, expect, test } from 'vitest'
import { type AlertKind, alertKinds, customerKinds, recipientRoles, shippedMatrix } from './alert-kinds.ts'
import { type AlertFacts, type AlertRule, customerSetting, planAlerts, settingFor } from './plan-alerts.ts'

const now = new Date('2026-11-24T10:00:00Z')
const agent = (id: number, over: object = {}) => ({
  id,
  isArchived: false,
  isAdministrator: id === 9,
  alertMail: true,
  awayUntil: null,
  ...over,
})
/** 1 has it, 2 and 3 are the team that 3 leads, 4 answered last, 5 follows, 6 and 7 are the department that 8 manages, 9 administers, 10 is named. */
const everybody = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((id) => agent(id))
const facts = (kind: AlertKind, over: Partial<AlertFacts> = {}): AlertFacts => ({
  kind,
  now,
  actor: { kind: 'user', id: 1 },
  agents: everybody,
  rules: [],
  ticket: { department: 50, topic: 60, assignee: 1, team: null },
  members: [6, 7],
  manager: 8,
  team: null,
  lastRespondent: 4,
  followers: [5],
  concerned: [10],
  maySee: () => true,
  ...over,
})
const unassigned = { ticket: { department: 50, topic: 60, assignee: null, team: null } }
const ofTeam = { ticket: { department: 50, topic: 60, assignee: null, team: 70 }, team: { members: [2, 3], lead: 3 } }
const rule = (scope: AlertRule['scope'], scopeId: number, kind: string, recipient: string, setting: AlertRule['setting']) => ({
  scope,
  scopeId,
  kind,
  recipient,
  setting,
})
/** Who is told how, as `1 mail, 5 app`. */
const told = (given: AlertFacts): string =>
  planAlerts(given)
    .filter((one) => one.outcome !== 'off')
    .sort((a, b) => a.agent - b.agent)
    .map((one) => `${one.agent} ${one.outcome}`)
    .join(', ')

describe('as shipped', () => {
  test.each<[AlertKind, string, Partial<AlertFacts>, string]>([
    ['new_ticket', 'that nobody has', unassigned, '6 app, 7 app, 8 mail'],
    ['new_ticket', 'of somebody', {}, '1 mail, 8 mail'],
    ['new_ticket', 'of a team', ofTeam, '2 app, 3 app, 8 mail'],
    ['new_message', 'on a ticket of somebody', {}, '1 mail, 4 app, 5 app'],
    ['new_message', 'on one that nobody has', unassigned, '4 app, 5 app'],
    ['new_message', 'on one of a team', ofTeam, '2 app, 3 app, 4 app, 5 app'],
    ['activity', 'on a ticket of somebody', {}, '1 app, 5 app'],
    ['assigned', 'to somebody', {}, '1 mail'],
    ['assigned', 'to a team', ofTeam, '2 app, 3 app'],
    ['assigned', 'to nobody any more', unassigned, ''],
    ['transferred', 'that nobody has', unassigned, '6 app, 7 app, 8 app'],
    ['transferred', 'of somebody', {}, '1 app, 8 app'],
    ['mentioned', 'in a note', {}, '10 mail'],
    ['due_soon', 'and somebody has it', {}, '1 mail'],
    ['due_soon', 'and nobody has it', unassigned, '6 app, 7 app'],
    ['overdue', 'and somebody has it', {}, '1 mail, 8 mail'],
    ['overdue', 'and a team has it', ofTeam, '2 app, 3 app, 8 mail'],
    ['over_limit', 'of a person', {}, '9 app'],
    ['message_failed', 'of an author', {}, '1 app, 10 mail'],
    ['message_failed', 'of the desk itself', { concerned: [], ticket: null }, '9 app'],
    [
      'loop_stopped',
      '',
      { ticket: null, concerned: [], manager: null, members: [], followers: [], lastRespondent: null },
      '9 mail',
    ],
    [
      'secret_expiring',
      '',
      { ticket: null, concerned: [], manager: null, members: [], followers: [], lastRespondent: null },
      '9 mail',
    ],
    ['message_held', 'of an author', {}, '9 app, 10 app'],
    [
      'mailbox_failing',
      '',
      { ticket: null, concerned: [], manager: null, members: [], followers: [], lastRespondent: null },
      '9 mail',
    ],
  ])('%s %s', (kind, _what, over, expected) => {
    expect(told(facts(kind, over))).toBe(expected)
  })

  test('every kind tells somebody', () => {
    for (const kind of alertKinds) expect(Object.values(shippedMatrix[kind]).some((setting) => setting !== 'off')).toBe(true)
  })
})

describe('the most specific setting wins', () => {
  const scopes = { agent: 1, topic: 60, department: 50 }
  const all = [
    rule('desk', 0, 'new_message', 'assignee', 'off'),
    rule('department', 50, 'new_message', 'assignee', 'app'),
    rule('topic', 60, 'new_message', 'assignee', 'off'),
    rule('agent', 1, 'new_message', 'assignee', 'mail'),
  ]
  // Each cell of kind × role that exists, at every depth of settings.
  for (const kind of alertKinds)
    for (const role of recipientRoles) {
      const shipped = shippedMatrix[kind][role]
      test(`${kind} × ${role}`, () => {
        if (shipped === undefined) return expect(settingFor(all, kind, role, scopes)).toBeNull()
        const mine = all.map((one) => ({ ...one, kind, recipient: role }))
        expect(settingFor([], kind, role, scopes)).toEqual({ role, setting: shipped, from: null })
        for (let depth = 1; depth <= mine.length; depth++) {
          const last = mine[depth - 1]!
          expect(settingFor(mine.slice(0, depth).reverse(), kind, role, scopes)).toEqual({
            role,
            setting: last.setting,
            from: last.scope,
          })
        }
        // What was set for others is nothing to this one.
        expect(settingFor(mine, kind, role, { agent: 2, topic: 61, department: 51 })).toEqual({
          role,
          setting: 'off',
          from: 'desk',
        })
        expect(settingFor(mine.slice(1), kind, role, { agent: 2 })).toEqual({ role, setting: shipped, from: null })
      })
    }

  test.each(customerKinds)('a customer: %s', (kind) => {
    const rules = [
      rule('desk', 0, kind, 'customer', 'off'),
      rule('department', 50, kind, 'customer', 'mail'),
      rule('person', 5, kind, 'customer', 'off'),
    ]
    expect(customerSetting(rules, kind, { person: 5, department: 50 })).toEqual({ isOn: false, from: 'person' })
    expect(customerSetting(rules, kind, { person: 6, department: 50 })).toEqual({ isOn: true, from: 'department' })
    expect(customerSetting(rules, kind, { person: 6, department: 51 })).toEqual({ isOn: false, from: 'desk' })
    expect(customerSetting([], kind, {})).toEqual({ isOn: kind !== 'new_message' && kind !== 'resolved', from: null })
  })

  test('an agent asks for mail of what the department is told in the workspace, for themselves alone', () => {
    const rules = [rule('agent', 6, 'new_ticket', 'department', 'mail')]
    expect(told(facts('new_ticket', { ...unassigned, rules }))).toBe('6 mail, 7 app, 8 mail')
  })

  test('the strongest of several reasons wins, and all are named', () => {
    const rules = [rule('agent', 1, 'new_message', 'assignee', 'off'), rule('agent', 1, 'new_message', 'followers', 'app')]
    const decision = planAlerts(facts('new_message', { followers: [1], rules })).find((one) => one.agent === 1)
    expect(decision).toMatchObject({
      outcome: 'app',
      reasons: [
        { role: 'assignee', setting: 'off', from: 'agent' },
        { role: 'followers', setting: 'app', from: 'agent' },
      ],
    })
  })
})

describe('who is not told', () => {
  const of = (over: Partial<AlertFacts>, id = 1) => planAlerts(facts('new_message', over)).find((one) => one.agent === id)!

  test.each(['agent', 'token'])('of their own acts, as %s', (kind) => {
    expect(of({ actor: { kind, id: 1 } })).toMatchObject({ outcome: 'off', held: 'own_act' })
  })
  test('a customer whose id is the same is somebody else', () => {
    expect(of({ actor: { kind: 'user', id: 1 } })).toMatchObject({ outcome: 'mail', held: null })
  })
  test('who may not see it, whatever is set', () => {
    const rules = [rule('agent', 1, 'new_message', 'assignee', 'mail')]
    expect(of({ maySee: () => false, rules })).toMatchObject({ outcome: 'off', held: 'cannot_see' })
  })
  test('who is archived or unknown', () => {
    expect(of({ agents: [agent(1, { isArchived: true })] })).toMatchObject({ outcome: 'off', held: 'archived' })
    expect(of({ agents: [] })).toMatchObject({ outcome: 'off', held: 'archived' })
  })
  test('of a note that mentions them, twice', () => {
    expect(planAlerts(facts('activity', { concerned: [1] })).find((one) => one.agent === 1)).toMatchObject({ held: 'mentioned' })
  })
  test('who switched it off', () => {
    expect(of({ rules: [rule('agent', 1, 'new_message', 'assignee', 'off')] })).toMatchObject({
      outcome: 'off',
      held: 'switched_off',
    })
  })
  test('by mail: who is away, who switched all mail off, and of mail that does not leave', () => {
    expect(of({ agents: [agent(1, { awayUntil: new Date('2026-12-01T00:00:00Z') })] })).toMatchObject({
      outcome: 'app',
      noMail: 'away',
    })
    expect(of({ agents: [agent(1, { awayUntil: new Date('2026-11-01T00:00:00Z') })] })).toMatchObject({
      outcome: 'mail',
      noMail: null,
    })
    expect(of({ agents: [agent(1, { alertMail: false })] })).toMatchObject({ outcome: 'app', noMail: 'mail_off' })
    expect(of({ neverByMail: true })).toMatchObject({ outcome: 'app', noMail: 'mail_trouble' })
  })
})
