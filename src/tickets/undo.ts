import { sql } from 'kysely'
import { revokeTokens } from '#access/one-time-tokens.ts'
import type { Permission } from '#core/actor.ts'
import type { Context } from '#core/context.ts'
import { AppError, forbidden, notFound } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { afterCommit, transact } from '#core/transact.ts'
import { readSettings } from '#settings/settings.ts'
import { addCollaborators, removeCollaborator } from '#threads/collaborators.ts'
import { indexTicket } from './index-ticket.ts'
import { ticketsOfMerges, unmerge } from './merge-undo.ts'
import { keepReferrals } from './referrals.ts'
import { scheduleWake } from './snooze.ts'
import { forgetSpamSender, rememberSpamSender } from './spam-sender.ts'
import { changeTags } from './tag-ticket.ts'
import { factsOf, mayTicket } from './ticket-access.ts'
import { ticketUndone } from './ticket-events.ts'
import { lockTickets, saveTicket, type Ticket, touchTicket } from './ticket-store.ts'
import { putBack, type UndoData } from './undo-data.ts'

/** What taking an act back needs: the right to the act itself. */
const RIGHT: Record<string, Permission> = {
  'ticket.assigned': 'ticket.assign',
  'ticket.transferred': 'ticket.transfer',
  'ticket.status_changed': 'ticket.status',
  'ticket.snoozed': 'ticket.status',
  'ticket.woke': 'ticket.status',
  'ticket.note_pinned': 'ticket.note',
  'ticket.requester_changed': 'ticket.people',
  'ticket.merged': 'ticket.merge',
}

export interface UndoableAct {
  event: number
  verb: string
  ticket: number
}

const sinceOf = async (ctx: Context): Promise<Date> =>
  new Date(ctx.clock.now().getTime() - (await readSettings(ctx))['tickets.undoMinutes'] * 60_000)

/**
 * The newest act of the actor that can still be undone, on one ticket or anywhere; one after event `after` when that is given. Null
 * when there is none.
 */
export async function lastUndoable(ctx: Context, where: { ticket?: number; after?: number } = {}): Promise<UndoableAct | null> {
  if (ctx.actor.id === null || ctx.actor.kind === 'user' || ctx.actor.kind === 'guest') return null
  const { rows } = await sql<{
    id: number
    verb: string
    ticket: number
  }>`select e.id, e.verb, e.subject_id as ticket from event e
    where e.actor_id = ${ctx.actor.id} and e.actor_kind in ('agent', 'token') and e.data ? 'undo' and e.subject_kind = 'ticket'
      and e.at > ${await sinceOf(ctx)} and e.id > ${where.after ?? 0}
      and (${where.ticket ?? null}::bigint is null or e.subject_id = ${where.ticket ?? null}::bigint)
      and not exists (select from event u where u.subject_kind = 'ticket' and u.subject_id = e.subject_id and u.id > e.id
        and u.verb = 'ticket.undone' and (u.data->>'event')::bigint = e.id)
    order by e.id desc limit 1`.execute(ctx.db)
  const row = rows[0]
  return row ? { event: Number(row.id), verb: row.verb, ticket: Number(row.ticket) } : null
}

/**
 * Takes back what the actor did, as long as nothing newer changed the same and the time for it is not over. The gate asks of the
 * ticket as it was before: whoever handed it to a department they do not see may take it back all the same.
 * With `on`, only an act on that ticket. Errors: NotFound, Forbidden, Conflict (undoTooLate, undoChanged).
 */
export async function undoEvent(ctx: Context, event: number, on?: { ticket: number }): Promise<Ticket> {
  return transact(ctx, async (ctx) => {
    const row = await ctx.db
      .selectFrom('event')
      .select(['id', 'at', 'verb', 'actor_id', 'actor_kind', 'subject_kind', 'subject_id', 'data'])
      .where('id', '=', event)
      .executeTakeFirst()
    const data = row?.data as { undo?: UndoData; sender?: 'remembered' | 'forgotten' } | undefined
    const own =
      ctx.actor.id !== null &&
      (ctx.actor.kind === 'agent' || ctx.actor.kind === 'token') &&
      (row?.actor_kind === 'agent' || row?.actor_kind === 'token') &&
      row.actor_id === ctx.actor.id
    if (!row || !data?.undo || row.subject_kind !== 'ticket' || !own || (on && row.subject_id !== on.ticket))
      throw notFound('undoNothing')
    if (row.at <= (await sinceOf(ctx))) throw new AppError('conflict', 'undoTooLate')
    const { undo } = data
    const others = undo.kind === 'merge' ? await ticketsOfMerges(ctx, undo.merges) : []
    const ticket = (await lockTickets(ctx, [row.subject_id, ...others])).find((one) => one.id === row.subject_id)
    if (!ticket) throw notFound('ticketNotFound')
    if (await wasTouchedSince(ctx, row.id, ticket.id, undo)) throw new AppError('conflict', 'undoChanged')
    const restored = undo.kind === 'tags' ? ticket : putBack(ticket, undo, undo.kind === 'merge')
    if (!restored || ticket.mergedIntoId !== null) throw new AppError('conflict', 'undoChanged')
    const right =
      RIGHT[row.verb] ??
      (row.verb === 'ticket.moved' && (restored.place === 'trash' || ticket.place === 'trash') ? 'ticket.delete' : 'ticket.edit')
    if (!mayTicket(ctx.actor, restored, right)) throw forbidden()

    let saved: Ticket
    if (undo.kind === 'tags') {
      await changeTags(ctx, ticket.id, undo.removed, undo.added)
      saved = await touchTicket(ctx, ticket)
    } else {
      if (undo.kind === 'merge') await unmerge(ctx, undo.merges)
      saved = await saveTicket(ctx, ticket, restored)
      if (undo.kind === 'fields' && undo.copies) {
        for (const person of undo.copies.added) await removeCollaborator(ctx, ticket.threadId, person)
        await addCollaborators(ctx, ticket.threadId, undo.copies.removed, 'agent')
        // Who was put there by mistake may have been mailed a link since: it must open nothing.
        const shown = new Set([saved.requesterId, ...undo.copies.removed])
        for (const person of [...undo.copies.added, Number(undo.after.requesterId ?? 0)])
          if (!shown.has(person)) await revokeTokens(ctx, 'ticket', { ticket: ticket.id, endUser: person })
      }
      if (data.sender === 'remembered') await forgetSpamSender(ctx, saved.requesterId)
      if (data.sender === 'forgotten') await rememberSpamSender(ctx, saved)
      if ('referredTo' in undo.after) await keepReferrals(ctx, saved, ticket.referredTo)
      if ('snoozedUntil' in undo.after) await scheduleWake(ctx, saved)
      if (undo.kind === 'merge' || 'subject' in undo.after || 'requesterId' in undo.after) await indexTicket(ctx, saved)
    }
    // Those who lose sight of it must learn that too.
    afterCommit(ctx, () =>
      ctx.live.tell({
        id: 0,
        verb: ticketUndone.verb,
        subject: { kind: 'ticket', id: ticket.id },
        facts: factsOf(ticket, { internal: true }),
      }),
    )
    await emit(
      ctx,
      ticketUndone({
        subject: { kind: 'ticket', id: ticket.id },
        data: { event: row.id, verb: row.verb, fields: undo.kind === 'tags' ? [] : Object.keys(undo.after) },
        facts: factsOf(saved, { internal: true }),
      }),
    )
    return saved
  })
}

/** A newer event says that it changed one of the same fields, or that this one was undone already. */
async function wasTouchedSince(ctx: Context, event: number, ticket: number, undo: UndoData): Promise<boolean> {
  // A merge is taken back whatever came since: that stays where it came.
  const fields = undo.kind === 'fields' ? Object.keys(undo.after) : []
  const tags = undo.kind === 'tags' ? [...undo.added, ...undo.removed] : []
  // What was done since and undone again changed nothing.
  const { rows } = await sql<{ id: number }>`select e.id from event e
    where e.subject_kind = 'ticket' and e.subject_id = ${ticket} and e.id > ${event} and (
      (e.verb = 'ticket.undone' and (e.data->>'event')::bigint = ${event})
      or (((e.data->'undo'->'after' ?| ${fields}::text[])
          or (e.verb = 'ticket.tagged' and exists (
            select from jsonb_array_elements((e.data->'added') || (e.data->'removed')) as one(tag) where (one.tag)::bigint = any(${tags}::bigint[]))))
        and not exists (select from event u where u.subject_kind = 'ticket' and u.subject_id = e.subject_id and u.id > e.id
          and u.verb = 'ticket.undone' and (u.data->>'event')::bigint = e.id))
    ) limit 1`.execute(ctx.db)
  return rows.length > 0
}
