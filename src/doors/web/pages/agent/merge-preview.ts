import { isAppError } from '#core/errors.ts'
import { errorText } from '#i18n/translate.ts'
import { previewMerge } from '#tickets/merge.ts'
import { ctxOf, pageOf } from '../../context.ts'
import { orRefuse } from '../../forms.ts'
import type { Route } from './+types/merge-preview.ts'

export interface MergePreviewView {
  tickets: { number: string; subject: string }[]
  people: { name: string; address: string }[]
  problem: string | null
}

/** What merging some tickets into one would do, for the question before it. */
export async function loader({ context, params, request }: Route.LoaderArgs): Promise<MergePreviewView> {
  const ctx = ctxOf(context)
  const numbers = (new URL(request.url).searchParams.get('tickets') ?? '').split(/[\s,]+/).filter(Boolean)
  try {
    const preview = await previewMerge(ctx, { number: params.number }, numbers)
    return { tickets: preview.tickets.map(({ number, subject }) => ({ number, subject })), people: preview.people, problem: null }
  } catch (error) {
    if (!isAppError(error) || error.code !== 'invalid') await orRefuse(Promise.reject(error))
    return {
      tickets: [],
      people: [],
      problem: errorText(pageOf(context).t, (error as { problems: { key: string }[] }).problems[0]!),
    }
  }
}
