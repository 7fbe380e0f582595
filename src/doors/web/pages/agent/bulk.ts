import { z } from 'zod'
import { type AppError, forbidden, isAppError } from '#core/errors.ts'
import { errorText } from '#i18n/translate.ts'
import { assignTicket } from '#tickets/assign.ts'
import { changeStatus } from '#tickets/change-status.ts'
import { pageOf } from '../../context.ts'
import { answerForm, idField } from '../../forms.ts'
import type { Route } from './+types/bulk.ts'
import type { BulkAnswer } from './bulk-bar.tsx'

const MOST = 200

const tickets = z
  .string()
  .transform((text) => text.split(',').filter(Boolean))
  .pipe(z.array(z.string().max(20)).min(1).max(MOST))

const Input = z.discriminatedUnion('intent', [
  z.object({ intent: z.literal('assign'), tickets, agent: z.union([z.literal('').transform(() => null), idField]) }),
  z.object({ intent: z.literal('status'), tickets, status: idField }),
])

/** One verb on each of the chosen tickets. What one refuses does not hold up the others; the answer says which, and why. */
export function action(args: Route.ActionArgs) {
  return answerForm(args, Input, async (ctx, input): Promise<BulkAnswer> => {
    if (!ctx.actor.may('ticket.bulk')) throw forbidden()
    const { t } = pageOf(args.context)
    const answer: BulkAnswer = { done: [], failed: [] }
    for (const number of input.tickets) {
      try {
        const ticket =
          input.intent === 'assign'
            ? await assignTicket(ctx, { number }, { agent: input.agent })
            : await changeStatus(ctx, { number }, { status: input.status })
        answer.done.push(ticket.id)
      } catch (error) {
        if (!isAppError(error)) throw error
        answer.failed.push({ number, reason: errorText(t, firstProblem(error)) })
      }
    }
    return answer
  })
}

const firstProblem = (error: AppError): { key: string; params?: Record<string, string | number> } => error.problems[0] ?? error
