import { useCallback, useEffect, useRef } from 'react'
import { useFetcher } from 'react-router'
import { newSubmission } from '../../ui/form.tsx'
import { useRequest } from '../../ui/request.tsx'
import { toast } from '../../ui/toast.tsx'
import type { TicketAnswer } from './ticket-answer.ts'

/** Takes back what the agent did last, wherever they are, and says what that was. */
export function useUndoLast(): () => void {
  const { csrf } = useRequest()
  const fetcher = useFetcher<TicketAnswer>({ key: 'undo-last' })
  const handled = useRef<unknown>(null)
  useEffect(() => {
    const answer = fetcher.data
    if (!answer || fetcher.state !== 'idle' || handled.current === answer) return
    handled.current = answer
    if (answer.message) toast({ key: 'act', text: answer.message, stays: 6_000 })
    else if (answer.done) toast({ key: 'act', text: answer.done, stays: 4_000 })
  }, [fetcher.data, fetcher.state])
  const submit = fetcher.submit
  return useCallback(
    () => void submit({ csrf, submission: newSubmission() }, { method: 'post', action: '/agent/undo' }),
    [submit, csrf],
  )
}
