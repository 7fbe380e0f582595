import { afterAll, beforeAll, expect, test } from 'vitest'
import { addMailbox } from '#channels/change-mailboxes.ts'
import type { FromName } from '#channels/mailboxes.ts'
import { changeSending, showSending } from '#channels/sending-settings.ts'
import { isAppError } from '#core/errors.ts'
import { changeSettings } from '#settings/change-settings.ts'
import { fromNameOf, senderOf } from '#tickets/outgoing.ts'
import { type Desk, openDesk } from '../world/desk.ts'
import { bringCast, type Cast } from '../world/people.ts'

let desk: Desk
let cast: Cast
let mailbox: number

beforeAll(async () => {
  desk = await openDesk()
  cast = await bringCast(desk.ctx)
  await changeSettings(cast.ada, { 'desk.name': 'Acme' })
  mailbox = (await addMailbox(cast.ada, { address: 'support@desk.example', department: cast.support })).id
})
afterAll(() => desk?.[Symbol.asyncDispose]())

test.each<[FromName, string | null, string]>([
  ['agent_at_desk', 'Sam', 'Sam at Acme'],
  ['agent_at_desk', null, 'Acme'],
  ['agent', 'Sam', 'Sam'],
  ['agent', null, 'Acme'],
  ['department', 'Sam', 'Support'],
  ['desk', 'Sam', 'Acme'],
])('%s for %s is %s', (style, agent, name) => {
  expect(fromNameOf(style, { agent, department: 'Support', desk: 'Acme' })).toBe(name)
})

const sender = () => senderOf(desk.ctx, { id: 1, mailboxId: mailbox, departmentId: cast.support }, 'kim@customer.example', 'Sam')

test('a mailbox says what stands before its address, and where answers go', async () => {
  expect(await sender()).toMatchObject({ from: { name: 'Sam at Acme' }, replyTo: { address: expect.stringContaining('+t') } })
  await changeSending(cast.ada, mailbox, { fromName: 'department', replyTo: 'Help@desk.example', perMinute: 30, connections: 2 })
  expect(await sender()).toMatchObject({ from: { name: 'Support' }, replyTo: { address: 'help@desk.example' } })
  expect(await showSending(cast.ada, mailbox)).toMatchObject({ perMinute: 30, connections: 2, replyTo: 'help@desk.example' })
})

test('only administrators change it, and what is wrong is said at its field', async () => {
  const refused = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'done',
      (error: unknown) => (isAppError(error) ? `${error.code} ${error.problems[0]?.pointer ?? ''}` : Promise.reject(error)),
    )
  const given = { fromName: 'desk' as const }
  expect(await refused(changeSending(cast.sam, mailbox, given))).toMatch(/^forbidden/)
  expect(await refused(showSending(cast.sam, mailbox))).toMatch(/^forbidden/)
  expect(await refused(changeSending(cast.ada, mailbox, { ...given, replyTo: 'nobody' }))).toBe('invalid /replyTo')
  expect(await refused(changeSending(cast.ada, mailbox, { ...given, connections: 0 }))).toBe('invalid /connections')
})
