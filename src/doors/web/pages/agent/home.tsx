import { redirect } from 'react-router'
import { queues } from '#queues/queues.ts'
import { queuePath } from './queue-name.ts'

/** An agent lands where somebody waits. */
export function loader() {
  return redirect(queuePath(queues[0]!.key))
}
