import { searchTickets } from '#tickets/find-tickets.ts'
import { ctxOf } from '../../context.ts'
import type { Route } from './+types/find.ts'
import { drawRows } from './load-list.ts'
import type { FoundTickets } from './palette.tsx'

/** The first few tickets for what is typed into the palette. */
export async function loader({ context, request }: Route.LoaderArgs): Promise<FoundTickets> {
  const ctx = ctxOf(context)
  const query = (new URL(request.url).searchParams.get('q') ?? '').slice(0, 200)
  if (query.trim().length < 2) return { query, rows: [] }
  const rows = await drawRows(ctx, await searchTickets(ctx, query, 8))
  return { query, rows: rows.map(({ number, subject, requester, status }) => ({ number, subject, requester, status })) }
}
