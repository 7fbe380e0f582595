import { z } from 'zod'
import { markStep } from '#people/first-steps.ts'
import { offerCannedResponses, takeCannedResponse } from '#tickets/use-canned-response.ts'
import { ctxOf } from '../../context.ts'
import { answerForm, idField, orRefuse } from '../../forms.ts'
import type { Route } from './+types/canned.ts'
import { asJson } from './as-json.ts'
import { drawFile } from './load-ticket.ts'

/** The canned responses of this ticket's department, filled for it. Answers the composer's own fetch. */
export async function loader({ context, params }: Route.LoaderArgs) {
  return Response.json({ responses: await orRefuse(offerCannedResponses(ctxOf(context), { number: params.number })) })
}

const Input = z.object({ response: idField, kind: z.enum(['response', 'note']) })

/** One of them is taken: its text, and its files beside the draft. */
export async function action(args: Route.ActionArgs) {
  return asJson(
    await answerForm(args, Input, async (ctx, input) => {
      const taken = await takeCannedResponse(ctx, { number: args.params.number }, input)
      await markStep(ctx, 'canned')
      return { html: taken.html, open: taken.open, files: taken.files.map(drawFile) }
    }),
  )
}
