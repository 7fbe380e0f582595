import { z } from 'zod'
import { markStep } from '#people/first-steps.ts'
import { answerForm } from '../../forms.ts'
import type { Route } from './+types/steps.ts'

/** What only the browser sees done: that somebody asked why a message is here, and that the list was put away. */
const Input = z.object({ step: z.enum(['why', 'dismissed']) })

export function action(args: Route.ActionArgs) {
  return answerForm(args, Input, async (ctx, { step }) => {
    await markStep(ctx, step)
    return {}
  })
}
