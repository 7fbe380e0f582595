import type { Route } from './+types/list.ts'
import { loadList } from './load-list.ts'

/** Further rows of a queue, for "show more". */
export function loader({ context, request }: Route.LoaderArgs) {
  const { searchParams } = new URL(request.url)
  return loadList(context, searchParams.get('queue') ?? '', searchParams.get('cursor'))
}
