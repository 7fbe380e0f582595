import { z } from 'zod'
import { readNotificationsOf } from '#notifications/inbox.ts'
import { setPresence } from '#presence/presence.ts'
import { seeUpTo } from '#tickets/save-draft.ts'
import { answerForm } from '../../forms.ts'
import type { Route } from './+types/presence.ts'
import { asJson } from './as-json.ts'

const Input = z.object({
  doing: z.enum(['viewing', 'replying', 'left']),
  seen: z.union([z.literal('').transform(() => undefined), z.coerce.number().int()]).optional(),
})

/** Said by an open ticket every so often: that one is here, and what one has read. */
export async function action(args: Route.ActionArgs) {
  const ref = { number: args.params.number }
  return asJson(
    await answerForm(args, Input, async (ctx, { doing, seen }) => {
      if (seen !== undefined && doing !== 'left') {
        await seeUpTo(ctx, ref, seen)
        await readNotificationsOf(ctx, ref.number)
      }
      await setPresence(ctx, ref, doing === 'left' ? null : doing)
      return {}
    }),
  )
}
