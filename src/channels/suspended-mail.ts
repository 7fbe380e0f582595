import { sql } from 'kysely'
import { addSeconds } from '#core/clock.ts'
import type { Context } from '#core/context.ts'
import { AppError, notFound } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { enqueue } from '#core/jobs.ts'
import { type Page, readCursor, writeCursor } from '#core/page.ts'
import { transact } from '#core/transact.ts'
import { blobs } from '#files/blob-store.ts'
import { mailDiscarded, mailTaken } from './channel-events.ts'
import type { InboundMessage, InboundState } from './inbound-messages.ts'
import { inboundById, inboundPage } from './inbound-store.ts'
import { receiveMessage } from './receive-raw.ts'

const PAGE = 50
const KEPT_SECONDS = 30 * 86_400

/**
 * Who may see mail that is on no ticket: administrators all of it, others that of mailboxes whose department they hold
 * `ticket.delete` in (managers). Mail of no mailbox is for those who hold it everywhere.
 */
function visibleMailboxes(ctx: Context) {
  if (ctx.actor.administrator) return null
  const departments = ctx.actor.departmentsWith('ticket.delete')
  return departments === 'all' ? null : departments
}

/** The mail log, newest first: every message and where it landed; with `state` only those (`parked` are the suspended ones). */
export async function findInbound(
  ctx: Context,
  input: { state?: InboundState; cursor?: string | null },
): Promise<Page<InboundMessage>> {
  const before = input.cursor ? Number(readCursor(input.cursor, 1)[0]) : null
  const rows = await inboundPage(ctx, { state: input.state ?? null, before, limit: PAGE + 1, departments: visibleMailboxes(ctx) })
  const page = rows.slice(0, PAGE)
  return { rows: page, next: rows.length > PAGE ? writeCursor([page.at(-1)!.id]) : null }
}

/** How many mails wait for somebody to decide. */
export async function countSuspended(ctx: Context): Promise<number> {
  const departments = visibleMailboxes(ctx)
  const { rows } = await sql<{ count: number }>`select count(*) as count from inbound_message m where state = 'parked'
    ${departments === null ? sql`` : sql`and exists (select from mailbox b where b.id = m.mailbox_id and b.department_id = any(${[...departments]}))`}`.execute(
    ctx.db,
  )
  return rows[0]!.count
}

/** One message of the mail log with its raw octets. Errors: NotFound. */
export async function accessInbound(ctx: Context, id: number): Promise<{ message: InboundMessage; raw: () => Promise<Buffer> }> {
  const message = await inboundById(ctx, id, visibleMailboxes(ctx))
  if (!message) throw notFound()
  return { message, raw: () => ctx.slots.use(blobs).read(message.blob) }
}

/** Posts a suspended mail all the same. Errors: NotFound, Conflict (somebody decided already). */
export async function takeSuspended(ctx: Context, id: number): Promise<void> {
  await decide(ctx, id, async (ctx) => {
    await ctx.db.updateTable('inbound_message').set({ state: 'received', processed_at: null }).where('id', '=', id).execute()
    await enqueue(ctx, receiveMessage, { message: id, take: true }, { key: `receive:${id}` })
    await emit(ctx, mailTaken({ subject: { kind: 'inbound', id }, data: {}, facts: { internal: true } }))
  })
}

/** Puts a suspended mail aside; it stays in the mail log. Errors: NotFound, Conflict (somebody decided already). */
export async function discardSuspended(ctx: Context, id: number): Promise<void> {
  await decide(ctx, id, async (ctx) => {
    await ctx.db
      .updateTable('inbound_message')
      .set({ state: 'skipped', reason: JSON.stringify({ key: 'discarded' }), processed_at: ctx.clock.now() })
      .where('id', '=', id)
      .execute()
    await emit(ctx, mailDiscarded({ subject: { kind: 'inbound', id }, data: {}, facts: { internal: true } }))
  })
}

async function decide(ctx: Context, id: number, then: (ctx: Context) => Promise<void>): Promise<void> {
  await transact(ctx, async (ctx) => {
    const message = await inboundById(ctx, id, visibleMailboxes(ctx), { lock: true })
    if (!message) throw notFound()
    if (message.state !== 'parked') throw new AppError('conflict', 'conflict')
    await then(ctx)
  })
}

/** Puts aside what has been suspended for 30 days. Run by the scheduler. */
export async function expireSuspended(ctx: Context): Promise<void> {
  await ctx.db
    .updateTable('inbound_message')
    .set({ state: 'skipped', reason: JSON.stringify({ key: 'expired' }), processed_at: ctx.clock.now() })
    .where('state', '=', 'parked')
    .where('received_at', '<', addSeconds(ctx.clock.now(), -KEPT_SECONDS))
    .execute()
}
