import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestClock, testClock } from '#core/clock.ts'
import { actingAs, type Context } from '#core/context.ts'
import { mailTemplateTest, previewTemplate } from '#notifications/test-template.ts'
import { changeEndUser } from '#people/end-user-accounts.ts'
import { editTemplate, listTemplates, resetTemplate } from '#templates/edit-template.ts'
import { templateFor } from '#templates/render-mail.ts'
import { openTicket } from '#tickets/open-ticket.ts'
import { runJobsUntilQuiet } from '../../src/doors/worker/run.ts'
import { type Desk, openDesk } from '../world/desk.ts'
import { bringCast, type Cast } from '../world/people.ts'

let desk: Desk
let clock: TestClock
let cast: Cast
/** An administrator who does not see all tickets, and has no role anywhere. */
let blind: Context

beforeAll(async () => {
  desk = await openDesk({ SMTP_URL: 'smtp://127.0.0.1:9' })
  clock = testClock('2031-03-03T10:00:00Z')
  cast = await bringCast({ ...desk.ctx, clock })
  blind = actingAs(cast.ada, { ...cast.ada.actor, seesAll: false, departmentsWith: () => [], may: () => false })
})
afterAll(() => desk?.[Symbol.asyncDispose]())

const key = 'new_request' as const
const words = (body: string, over: object = {}) => ({ key, locale: 'en', subject: 'Own: {{ ticket.subject }}', body, ...over })
const ask = async (who: Context, department: number) => {
  clock.advance(3600)
  return openTicket(
    actingAs(cast.ada, who.actor.kind === 'user' ? cast.ada.actor : who.actor),
    { requester: { email: who.actor.address! }, subject: 'Kettle leaks', message: 'It leaks.', department },
    { channel: 'web' },
  )
}

describe('the words of a mail', () => {
  test('are the department’s, else the desk’s, else the shipped ones, in the person’s language, else the desk’s', async () => {
    const of = async (locale: string, department: number | null) => (await templateFor(cast.ada, key, locale, department)).body
    const shipped = await of('en', null)
    await editTemplate(cast.ada, words('desk'))
    await editTemplate(cast.ada, words('support', { department: cast.support }))
    await editTemplate(cast.ada, words('Schreibtisch', { locale: 'de' }))
    await editTemplate(cast.ada, words('Abteilung', { locale: 'de', department: cast.support }))
    expect(await of('en', cast.support)).toBe('support')
    expect(await of('en', cast.billing)).toBe('desk')
    expect(await of('de-AT', cast.support)).toBe('Abteilung')
    expect(await of('de', cast.billing)).toBe('Schreibtisch')
    expect(await of('fr', cast.support)).toBe('support')
    expect((await listTemplates(cast.ada)).map((row) => `${row.locale} ${row.department}`).sort()).toEqual(
      [`de ${cast.support}`, 'de null', `en ${cast.support}`, 'en null'].sort(),
    )
    await resetTemplate(cast.ada, key, 'en', cast.support)
    expect(await of('en', cast.support)).toBe('desk')
    await resetTemplate(cast.ada, key, 'en')
    expect(await of('en', cast.support)).toBe(shipped)
    expect(await of('de', cast.support)).toBe('Abteilung')
    await expect(resetTemplate(cast.ada, key, 'en')).rejects.toMatchObject({ code: 'not_found' })
  })

  test('reach the customer', async () => {
    await changeEndUser(cast.ada, cast.kim.actor.id!, { locale: 'de' })
    const ticket = await openTicket(
      cast.kim,
      { requester: { email: cast.kim.actor.address! }, subject: 'Kessel leckt', message: 'Er leckt.' },
      { channel: 'web' },
    )
    await runJobsUntilQuiet({ ...desk.ctx, clock }, desk.app.connection.pool, clock.now())
    const mail = await desk.ctx.db
      .selectFrom('outbound_message')
      .select('content')
      .where('ticket_id', '=', ticket.id)
      .where('kind', '=', 'autoresponse')
      .executeTakeFirstOrThrow()
    expect(mail.content).toMatchObject({ subject: 'Own: Kessel leckt', text: expect.stringContaining('Abteilung') })
  })

  test('are checked before they are kept, and osTicket’s names are read as ours', async () => {
    await expect(editTemplate(cast.ada, words('a\n{{ ticket.nmber }}'))).rejects.toMatchObject({
      code: 'invalid',
      problems: [{ pointer: '/body', key: 'templateNames', params: { names: '2: ticket.nmber' } }],
    })
    await expect(
      editTemplate(cast.ada, words('{% for i in (1..9999999) %}{% for j in (1..9999999) %}x{% endfor %}{% endfor %}')),
    ).rejects.toMatchObject({ code: 'invalid' })
    await editTemplate(cast.ada, words('Hello %{ticket.name.first}, see %{ticket.client_link}'))
    expect((await templateFor(cast.ada, key, 'en')).body).toBe('Hello {{ requester.first_name }}, see {{ ticket.url }}')
    await resetTemplate(cast.ada, key, 'en')
    await expect(editTemplate(cast.ada, words('x', { department: 999_999 }))).rejects.toMatchObject({ code: 'not_found' })
    for (const who of [cast.sam, cast.kim])
      await expect(editTemplate(who, words('x'))).rejects.toMatchObject({ code: 'forbidden' })
  })
})

describe('a preview', () => {
  test('fills the values of the ticket that is named, and passes its gate', async () => {
    const ticket = await ask(cast.pat, cast.billing)
    const shown = await previewTemplate(cast.ada, {
      ...words('To {{ requester.name }} of {{ ticket.department }}'),
      ticket: ticket.number,
    })
    expect(shown).toMatchObject({
      number: ticket.number,
      subject: 'Own: Kettle leaks',
      text: expect.stringContaining('To Pat Customer of Billing'),
    })
    await expect(previewTemplate(blind, { ...words('x'), ticket: ticket.number })).rejects.toMatchObject({
      code: 'invalid',
      problems: [{ pointer: '/ticket', key: 'noSuchTicket' }],
    })
    expect(await previewTemplate(blind, words('x {{ desk.name }}'))).toMatchObject({ number: null })
    await expect(previewTemplate(cast.sam, words('x'))).rejects.toMatchObject({ code: 'forbidden' })
  })

  test('goes by mail to whoever asks, and to nobody else, so often', async () => {
    const before = await desk.ctx.db.selectFrom('outbound_message').select('id').execute()
    const ticket = await ask(cast.pat, cast.support)
    expect(await mailTemplateTest(cast.ada, { ...words('Test for {{ requester.name }}'), ticket: ticket.number })).toEqual({
      to: cast.ada.actor.address,
    })
    const rows = await desk.ctx.db
      .selectFrom('outbound_message')
      .select(['recipient', 'ticket_id', 'content'])
      .where('id', '>', Math.max(0, ...before.map((row) => row.id)))
      .where('kind', '=', 'notice')
      .execute()
    expect(rows).toMatchObject([{ recipient: cast.ada.actor.address, ticket_id: null, content: { cc: [] } }])
    await expect(mailTemplateTest(cast.kim, words('x'))).rejects.toMatchObject({ code: 'forbidden' })
    for (let index = 0; index < 49; index++) await mailTemplateTest(cast.ada, words('x'))
    await expect(mailTemplateTest(cast.ada, words('x'))).rejects.toMatchObject({ code: 'too_many' })
  })
})
