import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely'
import type { Context } from '#core/context.ts'
import { notFound } from '#core/errors.ts'
import { type Page, readCursor, writeCursor } from '#core/page.ts'
import type { Database } from '#db/types.ts'
import { normalAddress } from '#people/address.ts'
import { normalPhone } from '#people/phone.ts'
import { visibleTickets } from './ticket-access.ts'

export interface PersonCard {
  id: number
  name: string
  address: string
}

/** Whoever sees every ticket sees everybody; others see the people who take part in a ticket that they may see. */
function visiblePeople(ctx: Context) {
  return (eb: ExpressionBuilder<Database, 'end_user'>): Expression<SqlBool> => {
    if (ctx.actor.departmentsWith('ticket.view') === 'all') return eb.val(true)
    const seen = (tickets: ExpressionBuilder<Database, 'ticket'>) => visibleTickets(ctx.actor)(tickets)
    return eb.or([
      eb.exists(
        eb
          .selectFrom('ticket')
          .select('ticket.id')
          .whereRef('ticket.requester_id', '=', 'end_user.id')
          .where((tickets) => seen(tickets as unknown as ExpressionBuilder<Database, 'ticket'>)),
      ),
      eb.exists(
        eb
          .selectFrom('collaborator')
          .innerJoin('ticket', 'ticket.thread_id', 'collaborator.thread_id')
          .select('ticket.id')
          .whereRef('collaborator.end_user_id', '=', 'end_user.id')
          .where((tickets) => seen(tickets as unknown as ExpressionBuilder<Database, 'ticket'>)),
      ),
    ])
  }
}

/** People the actor may see, oldest first, keyset by id; with `address` the one who has it. */
export async function findPeople(
  ctx: Context,
  which: { address: string | null; cursor: string | null; limit: number },
): Promise<Page<PersonCard>> {
  const after = which.cursor ? Number(readCursor(which.cursor, 1)[0]) : 0
  const rows = await ctx.db
    .selectFrom('end_user')
    .select(['end_user.id', 'end_user.name', 'end_user.address'])
    .where('end_user.id', '>', Number.isSafeInteger(after) ? after : 0)
    .where((eb) => visiblePeople(ctx)(eb))
    .$if(which.address !== null, (query) =>
      query.where('end_user.id', 'in', (eb) =>
        eb
          .selectFrom('end_user_address')
          .select('end_user_id')
          .where('address', '=', normalAddress(which.address ?? '')),
      ),
    )
    .orderBy('end_user.id')
    .limit(which.limit + 1)
    .execute()
  const shown = rows.slice(0, which.limit)
  return { rows: shown, next: rows.length > which.limit ? writeCursor([shown.at(-1)!.id]) : null }
}

/** Errors: NotFound, also for who may not be seen. */
export async function accessPerson(ctx: Context, id: number): Promise<PersonCard> {
  const row = await ctx.db
    .selectFrom('end_user')
    .select(['end_user.id', 'end_user.name', 'end_user.address'])
    .where('end_user.id', '=', id)
    .where((eb) => visiblePeople(ctx)(eb))
    .executeTakeFirst()
  if (!row) throw notFound()
  return row
}

export interface Caller extends PersonCard {
  phone: string | null
}

const callerColumns = ['end_user.id', 'end_user.name', 'end_user.address', 'end_user.phone'] as const

/**
 * People the actor may see whose name, last name, address or telephone number begins with what is typed: for a list that follows
 * the typing, so it reads prefixes of indexes alone. Names in alphabetical order, at most `limit`.
 */
export async function searchPeople(ctx: Context, typed: string, limit = 8): Promise<Caller[]> {
  const text = typed.trim().toLowerCase().slice(0, 100)
  if (text.length < 2) return []
  const prefix = `${text.replace(/[\\%_]/g, '\\$&')}%`
  const phone = normalPhone(text)
  const matches = sql<number>`select id from end_user where lower(name) like ${prefix}
    union select id from end_user where lower(regexp_replace(name, '^.* ', '')) like ${prefix}
    union select end_user_id from end_user_address where address like ${prefix}
    ${phone === null ? sql`` : sql`union select id from end_user where phone like ${`${phone}%`}`}`
  return ctx.db
    .selectFrom('end_user')
    .select(callerColumns)
    .where(sql<boolean>`end_user.id in (${matches})`)
    .where('end_user.blocked_at', 'is', null)
    .where((eb) => visiblePeople(ctx)(eb))
    .orderBy('end_user.name')
    .orderBy('end_user.id')
    .limit(limit)
    .execute()
}
