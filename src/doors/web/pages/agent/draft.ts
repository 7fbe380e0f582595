import { z } from 'zod'
import { dropDraft, saveDraft } from '#tickets/save-draft.ts'
import { answerForm, ticked } from '../../forms.ts'
import type { Route } from './+types/draft.ts'
import { asJson } from './as-json.ts'

const Input = z.object({
  kind: z.enum(['response', 'note', 'forward']),
  discard: ticked,
  body: z.string().max(500_000).default(''),
  mode: z.enum(['all', 'requester', 'chosen']).default('all'),
  chosen: z
    .string()
    .default('')
    .transform((text) => text.split(',').filter(Boolean).slice(0, 50)),
  revision: z.coerce.number().int().min(0).default(0),
})

/** Keeps what is being written, or throws it away. Answers JSON to the composer's own fetch, so that nothing else is loaded again. */
export async function action(args: Route.ActionArgs) {
  const ref = { number: args.params.number }
  return asJson(
    await answerForm(args, Input, async (ctx, input) => {
      if (input.discard) {
        await dropDraft(ctx, ref, input.kind)
        return {}
      }
      const saved = await saveDraft(ctx, ref, {
        kind: input.kind,
        body: input.body,
        recipients: { mode: input.mode, chosen: input.chosen },
        revision: input.revision,
      })
      return { revision: saved.revision, savedAt: saved.savedAt.toISOString() }
    }),
  )
}
