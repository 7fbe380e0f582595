import { afterAll, beforeAll, expect, test } from 'vitest'
import { addMailbox } from '#channels/change-mailboxes.ts'
import { takeSuspended } from '#intake/take-suspended.ts'
import { FilterActions } from '#routing/filters.ts'
import { changeTicketFilter, readTicketFilters, saveTicketFilter } from '#routing/ticket-filters.ts'
import { changeSettings } from '#settings/change-settings.ts'
import { openTicket } from '#tickets/open-ticket.ts'
import { showTicket } from '#tickets/show-ticket.ts'
import { tryFilter } from '#tickets/try-filter.ts'
import { type Arrive, arriving, proven } from '../world/arriving.ts'
import { type Desk, openDesk } from '../world/desk.ts'
import { bringCast, type Cast } from '../world/people.ts'

let desk: Desk
let cast: Cast
let arrive: Arrive

beforeAll(async () => {
  desk = await openDesk({ SMTP_URL: 'smtp://127.0.0.1:9' })
  cast = await bringCast(desk.ctx)
  const support = await addMailbox(cast.ada, { address: 'support@desk.example', department: cast.support })
  arrive = arriving(desk.ctx, support.id)
})
afterAll(() => desk?.[Symbol.asyncDispose]())

const subject = (value: string) => [{ field: 'subject' as const, header: '', test: 'contains' as const, value }]

test('a filter sends a mail to its department with priority and assignee, and the history keeps which', async () => {
  await saveTicketFilter(cast.ada, null, {
    name: 'Invoices',
    criteria: subject('invoice, rechnung'),
    actions: { department: cast.billing, agent: cast.bo.actor.id, noAutoresponse: true },
  })
  const { ticket } = await arrive({ from: 'kim@customer.example', subject: 'Rechnung 12', text: 'fehlt' })
  const found = await showTicket(desk.ctx, { id: ticket! })
  expect(found.ticket).toMatchObject({ departmentId: cast.billing, assigneeId: cast.bo.actor.id })
  expect(found.events.find((event) => event.verb === 'ticket.opened')?.data).toMatchObject({
    autorespond: false,
    trace: [{ name: 'Invoices', set: { department: cast.billing } }],
  })
})

test('filters look at the portal too, and leave what an agent opens alone', async () => {
  const ask = (ctx: typeof cast.kim) =>
    openTicket(
      ctx,
      { requester: { email: 'kim@customer.example' }, subject: 'invoice', message: 'm' },
      { channel: ctx === cast.kim ? 'web' : 'phone' },
    )
  expect((await ask(cast.kim)).departmentId).toBe(cast.billing)
  expect((await ask(cast.sam)).departmentId).toBe(cast.support)
})

test('a filter suspends a mail with its cause, and a person can still take it', async () => {
  await saveTicketFilter(cast.ada, null, {
    name: 'Not for us',
    criteria: subject('job offer'),
    actions: { suspend: 'Applications go to people@desk.example' },
  })
  const arrived = await arrive({ from: 'kim@customer.example', subject: 'Job offer', text: 'x' })
  expect(arrived).toMatchObject({
    state: 'parked',
    ticket: null,
    reason: { key: 'filtered', params: { filter: 'Not for us', cause: 'Applications go to people@desk.example' } },
  })
  expect((await takeSuspended(cast.ada, arrived.id)).ticket).toBeGreaterThan(0)
})

test('monitoring mail of one sender and subject is one ticket for an hour', async () => {
  const alarm = (text: string, more: Partial<Parameters<Arrive>[0]> = {}) =>
    arrive({ from: 'Nagios <nagios@mon.example>', subject: 'PROBLEM: disk full', text, ...more })
  const first = await alarm('90 %')
  const second = await alarm('95 %')
  expect(second).toMatchObject({ ticket: first.ticket, reason: { key: 'same_ticket' } })
  expect((await showTicket(desk.ctx, { id: first.ticket! })).entries.map((entry) => entry.bodyText.trim())).toEqual([
    '90 %',
    '95 %',
  ])
  expect((await alarm('other', { subject: 'PROBLEM: swap' })).ticket).not.toBe(first.ticket)
  expect((await alarm('other', { from: 'zabbix@mon.example' })).ticket).not.toBe(first.ticket)
  await desk.ctx.db
    .updateTable('ticket')
    .set({ last_message_at: new Date(Date.now() - 2 * 3600_000) })
    .where('id', '=', first.ticket!)
    .execute()
  expect((await alarm('97 %')).ticket).not.toBe(first.ticket)
})

test('what only claims the sender and subject of a ticket is added marked, proven mail is not', async () => {
  await changeSettings(cast.ada, { 'mail.trustedAuthservIds': ['mx.desk.example'] })
  const alarm = (before: string) =>
    arrive({ from: 'Nagios <nagios@mon.example>', subject: 'PROBLEM: fan', text: before ? 'real' : 'forged', before })
  const { ticket } = await alarm(proven('mon.example'))
  await alarm(proven('mon.example'))
  await alarm('')
  const { entries } = await showTicket(desk.ctx, { id: ticket! })
  expect(entries.map((entry) => entry.isFlagged)).toEqual([false, false, true])
})

test('a trial names last month’s tickets that a filter would have touched', async () => {
  const trial = await tryFilter(cast.ada, { needs: 'all', criteria: subject('disk full') })
  expect(trial.touched.length).toBe(3)
  expect(trial.touched[0]).toMatchObject({ subject: 'PROBLEM: disk full' })
  expect(trial.tried).toBeGreaterThan(2)
  await expect(tryFilter(cast.sam, { needs: 'all', criteria: subject('x') })).rejects.toMatchObject({ code: 'forbidden' })
})

test('only administrators change filters; order, switch and removal hold', async () => {
  const input = { name: 'x', criteria: subject('y'), actions: FilterActions.parse({}) }
  await expect(saveTicketFilter(cast.sam, null, input)).rejects.toMatchObject({ code: 'forbidden' })
  await expect(saveTicketFilter(cast.ada, null, { ...input, name: 'Invoices' })).rejects.toMatchObject({
    problems: [{ pointer: '/name', key: 'nameTaken' }],
  })
  await expect(
    saveTicketFilter(cast.ada, null, { ...input, criteria: [{ field: 'subject', test: 'matches', value: '(' }] }),
  ).rejects.toMatchObject({ problems: [{ pointer: '/criteria/0/value', key: 'pattern' }] })
  const names = async () => (await readTicketFilters(desk.ctx)).map((one) => one.name)
  const [first, second] = await readTicketFilters(desk.ctx)
  await changeTicketFilter(cast.ada, second!.id, 'up')
  expect((await names()).slice(0, 2)).toEqual([second!.name, first!.name])
  await changeTicketFilter(cast.ada, second!.id, 'off')
  expect((await readTicketFilters(desk.ctx))[0]!.isOn).toBe(false)
  await changeTicketFilter(cast.ada, second!.id, 'remove')
  expect(await names()).not.toContain(second!.name)
  await expect(changeTicketFilter(cast.sam, first!.id, 'off')).rejects.toMatchObject({ code: 'forbidden' })
})
