import { z } from 'zod'
import { notFound } from '#core/errors.ts'
import { markStep } from '#people/first-steps.ts'
import { lastUndoable, undoEvent } from '#tickets/undo.ts'
import { pageOf } from '../../context.ts'
import { answerForm, idField } from '../../forms.ts'
import type { Route } from './+types/undo.ts'
import type { TicketAnswer } from './ticket-answer.ts'

/** Takes back one act of the agent, or the newest that can be taken back wherever it was. */
export function action(args: Route.ActionArgs) {
  return answerForm(args, z.object({ event: idField.optional() }), async (ctx, input): Promise<TicketAnswer> => {
    const { t } = pageOf(args.context)
    const act = input.event === undefined ? await lastUndoable(ctx) : null
    const event = input.event ?? act?.event
    if (event === undefined) throw notFound('undoNothing')
    const { number } = await undoEvent(ctx, event)
    await markStep(ctx, 'undo')
    const key = `agent.history.undoneAct.${act?.verb.replace('ticket.', '')}`
    return { done: t('agent.further.undone', { what: act && t.has(key) ? t.at(key) : t('agent.further.undoneAny'), number }) }
  })
}
