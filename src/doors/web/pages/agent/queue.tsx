import { pageOf } from '../../context.ts'
import type { Route } from './+types/queue.ts'
import { queueName } from './queue-name.ts'

export function loader({ context, params }: Route.LoaderArgs) {
  const { t, deskName } = pageOf(context)
  return { title: t('agent.title', { page: queueName(t, params.queue), desk: deskName }) }
}

/** The title does not change while the queue is open. */
export const shouldRevalidate = () => false

export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title ?? 'Tessera' }]

/** The list is the page; it is drawn by the desk around this, which stays when a ticket is opened from it. */
export default function Queue() {
  return null
}
