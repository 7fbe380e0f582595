import { forbidden } from '#core/errors.ts'
import { type Caller, searchPeople } from '#tickets/find-people.ts'
import { ctxOf } from '../../context.ts'
import { orRefuse } from '../../forms.ts'
import type { Route } from './+types/people.ts'

/** Whom an agent may mean by what is typed of a name, an address or a telephone number. */
export async function loader({ context, request }: Route.LoaderArgs): Promise<{ query: string; people: Caller[] }> {
  const ctx = ctxOf(context)
  const query = (new URL(request.url).searchParams.get('q') ?? '').slice(0, 100)
  if (!ctx.actor.may('ticket.create')) return orRefuse(Promise.reject(forbidden()))
  return { query, people: await orRefuse(searchPeople(ctx, query)) }
}
