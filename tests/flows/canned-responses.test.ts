import { afterAll, beforeAll, expect, test } from 'vitest'
import { isAppError } from '#core/errors.ts'
import { listAttachments } from '#files/attachments.ts'
import {
  cannedResponseFiles,
  cannedResponseUse,
  readCannedResponses,
  removeCannedFile,
  saveCannedResponse,
} from '#knowledge/canned-responses.ts'
import { readDrafts } from '#threads/drafts.ts'
import { openTicket } from '#tickets/open-ticket.ts'
import { replyToTicket } from '#tickets/reply.ts'
import { offerCannedResponses, takeCannedResponse } from '#tickets/use-canned-response.ts'
import { type Desk, openDesk } from '../world/desk.ts'
import { bringCast, type Cast } from '../world/people.ts'

let desk: Desk
let cast: Cast
let ticket: { id: number; number: string }

beforeAll(async () => {
  desk = await openDesk({ SMTP_URL: 'smtp://127.0.0.1:9' })
  cast = await bringCast(desk.ctx)
  const opened = await openTicket(
    cast.kim,
    { requester: { email: 'kim@customer.example', name: 'Kim Customer' }, subject: 'Printer on fire', message: 'It burns.' },
    { channel: 'web' },
  )
  ticket = { id: opened.id, number: opened.number }
})
afterAll(() => desk?.[Symbol.asyncDispose]())

const refused = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work
    return 'done'
  } catch (error) {
    if (isAppError(error)) return `${error.code} ${error.problems[0]?.pointer ?? ''}`.trim()
    throw error
  }
}

test('a new desk has six, filled for the ticket they are offered on', async () => {
  const offered = await offerCannedResponses(cast.sam, ticket)
  expect(offered.map((one) => one.name)).toEqual([
    'Looking into it',
    'Need more details',
    'Please try this',
    'Passed to a specialist',
    'Should be fixed now',
    'No answer from you',
  ])
  expect(offered[3]!.text).toContain(`Hello Kim,`)
  expect(offered[3]!.text).toContain(`with the number ${ticket.number}`)
})

test('who may not see the ticket is offered nothing; who may only look takes none', async () => {
  expect(await refused(offerCannedResponses(cast.bo, ticket))).toBe('not_found')
  expect(await refused(offerCannedResponses(cast.kim, ticket))).toBe('not_found')
  const { id } = (await readCannedResponses(desk.ctx))[0]!
  expect(await refused(takeCannedResponse(cast.vic, ticket, { response: id, kind: 'response' }))).toBe('forbidden')
  expect(await refused(takeCannedResponse(cast.lin, ticket, { response: id, kind: 'note' }))).toBe('done')
})

test('department and language decide what is offered, and in which order', async () => {
  const billing = await saveCannedResponse(cast.ada, null, { name: 'Invoice', body: 'x', departments: [cast.billing] })
  const german = await saveCannedResponse(cast.ada, null, {
    name: 'Wir schauen',
    body: 'Hallo',
    locale: 'de',
    departments: [cast.support],
  })
  const english = await saveCannedResponse(cast.ada, null, { name: 'We look', body: 'Hello', locale: 'en-GB' })
  expect((await offerCannedResponses(cast.sam, ticket)).map((one) => one.id)).not.toContain(billing.id)
  expect(await refused(takeCannedResponse(cast.sam, ticket, { response: billing.id, kind: 'response' }))).toBe('not_found')
  await desk.ctx.db.updateTable('end_user').set({ locale: 'de-AT' }).where('name', '=', 'Kim Customer').execute()
  const offered = await offerCannedResponses(cast.sam, ticket)
  expect(offered[0]!.id).toBe(german.id)
  expect(offered.at(-1)!.id).toBe(english.id)
  await saveCannedResponse(cast.ada, german.id, { name: 'Wir schauen', body: 'Hallo', locale: 'de', archived: true })
  expect((await offerCannedResponses(cast.sam, ticket)).map((one) => one.id)).not.toContain(german.id)
})

test('its files go along once, and each use is counted', async () => {
  const { id } = await saveCannedResponse(cast.ada, null, { name: 'With a form', body: 'Please fill in the form.' }, [
    { name: 'form.txt', contentType: 'text/plain', content: Buffer.from('Name:') },
  ])
  const taken = await takeCannedResponse(cast.sam, ticket, { response: id, kind: 'response' })
  expect(taken).toMatchObject({ html: '<p>Please fill in the form.</p>', open: [], files: [{ name: 'form.txt' }] })
  expect((await takeCannedResponse(cast.sam, ticket, { response: id, kind: 'response' })).files).toEqual([])
  const thread = (
    await desk.ctx.db.selectFrom('ticket').select('thread_id').where('id', '=', ticket.id).executeTakeFirstOrThrow()
  ).thread_id
  const [draft] = await readDrafts(cast.sam, cast.sam.actor.id!, thread)
  expect((await listAttachments(desk.ctx, 'draft', [draft!.id])).map((file) => file.name)).toEqual(['form.txt'])
  expect((await cannedResponseUse(desk.ctx)).get(id)?.count).toBe(2)
  const [file] = await cannedResponseFiles(desk.ctx, [id])
  expect(await refused(removeCannedFile(cast.sam, file!.id))).toBe('forbidden')
  await removeCannedFile(cast.ada, file!.id)
  expect(await cannedResponseFiles(desk.ctx, [id])).toEqual([])
  // What hangs on the draft is its own.
  expect(await listAttachments(desk.ctx, 'draft', [draft!.id])).toHaveLength(1)
})

test('a reply with an open blank is not sent; one that talks of braces in code is', async () => {
  const body = '<p>Please send {{ blank.what you need }}.</p>'
  expect(await refused(replyToTicket(cast.sam, ticket, { body }))).toBe('invalid /body')
  expect(await refused(replyToTicket(cast.sam, ticket, { body: '<p>Write <code>{{ desk.name }}</code> there.</p>' }))).toBe(
    'done',
  )
})

test('only administrators change them, and a name stands for one', async () => {
  expect(await refused(saveCannedResponse(cast.sam, null, { name: 'Mine', body: 'x' }))).toBe('forbidden')
  expect(await refused(saveCannedResponse(cast.ada, null, { name: 'looking INTO it', body: 'x' }))).toBe('invalid /name')
  expect(await refused(saveCannedResponse(cast.ada, 999_999, { name: 'No such', body: 'x' }))).toBe('not_found')
})
