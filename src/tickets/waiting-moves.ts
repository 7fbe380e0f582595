import type { Context } from '#core/context.ts'
import { emit } from '#core/events.ts'
import { transact } from '#core/transact.ts'
import { readSettings, type Settings } from '#settings/settings.ts'
import { workingDaysBefore } from '#sla/working-time.ts'
import { statusOfMove } from '#workflow/moves.ts'
import { readWorkflow } from '#workflow/workflow.ts'
import { moveTo } from './change-status.ts'
import { accessTicket, factsOf } from './ticket-access.ts'
import { customerReminded } from './ticket-events.ts'

const calendarOf = (settings: Settings) => ({
  timeZone: settings['desk.timeZone'],
  hours: settings['desk.hours'],
  holidays: settings['desk.holidays'],
})

/** Tickets that wait for their customer since before then; with `reminded`, those whose reminder is that old. */
async function waitingSince(ctx: Context, before: Date, reminded: boolean, batch: number): Promise<number[]> {
  const waiting = (await readWorkflow(ctx)).statuses.find((status) => status.key === 'waiting')
  if (!waiting) return []
  const rows = await ctx.db
    .selectFrom('ticket')
    .select('id')
    .where('status_id', '=', waiting.id)
    .where('place', '=', 'desk')
    .where('deleted_at', 'is', null)
    .where('merged_into_id', 'is', null)
    .where('snoozed_until', 'is', null)
    .where('waiting_since', 'is', null)
    .where('last_response_at', '<=', before)
    .$if(!reminded, (query) =>
      query.where((eb) => eb.or([eb('reminded_at', 'is', null), eb('reminded_at', '<', eb.ref('last_response_at'))])),
    )
    .$if(reminded, (query) =>
      query.where('reminded_at', '<=', before).where((eb) => eb('reminded_at', '>=', eb.ref('last_response_at'))),
    )
    .orderBy('id')
    .limit(batch)
    .execute()
  return rows.map((row) => row.id)
}

/**
 * Reminds customers whose answer we wait for since so many working days, once a wait. Run by the scheduler, a batch a time; returns
 * how many were reminded. 0 days: never.
 */
export async function remindWaiting(ctx: Context, batch = 200): Promise<number> {
  const settings = await readSettings(ctx)
  const days = settings['tickets.remindAfterWorkingDays']
  const before = days === 0 ? null : workingDaysBefore(ctx.clock.now(), days, calendarOf(settings))
  if (!before) return 0
  const due = await waitingSince(ctx, before, false, batch)
  for (const id of due) {
    await transact(ctx, async (ctx) => {
      const ticket = await accessTicket(ctx, { id }, 'ticket.view')
      if (ticket.state !== 'on_hold' || ticket.waitingSince !== null) return
      await ctx.db.updateTable('ticket').set({ reminded_at: ctx.clock.now() }).where('id', '=', id).execute()
      await emit(
        ctx,
        customerReminded({ subject: { kind: 'ticket', id }, data: { days }, facts: factsOf(ticket, { internal: true }) }),
      )
    })
  }
  return due.length
}

/** The same for those who were reminded and stayed silent for so many working days more: Resolved. */
export async function resolveWaiting(ctx: Context, batch = 200): Promise<number> {
  const settings = await readSettings(ctx)
  const days = settings['tickets.resolveAfterReminderWorkingDays']
  if (settings['tickets.remindAfterWorkingDays'] === 0 || days === 0) return 0
  const before = workingDaysBefore(ctx.clock.now(), days, calendarOf(settings))
  if (!before) return 0
  const due = await waitingSince(ctx, before, true, batch)
  for (const id of due) {
    await transact(ctx, async (ctx) => {
      const ticket = await accessTicket(ctx, { id }, 'ticket.status')
      if (ticket.state === 'on_hold' && ticket.waitingSince === null)
        await moveTo(ctx, ticket, await statusOfMove(ctx, 'solved'), null, 'waited_for_long')
    })
  }
  return due.length
}
