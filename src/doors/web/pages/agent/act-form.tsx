import { type ReactNode, type RefObject, useEffect, useRef, useState } from 'react'
import { useFetcher, useNavigate } from 'react-router'
import { useT } from '#i18n/react.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { newSubmission } from '../../ui/form.tsx'
import { useRequest } from '../../ui/request.tsx'
import { toast } from '../../ui/toast.tsx'
import { useRunAct } from './acts.tsx'
import type { TicketAnswer } from './ticket-answer.ts'
import type { TicketView } from './view.ts'

/** One question's form: it stays open with what was typed until the server has taken it. */
export function useActForm(ticket: Pick<TicketView, 'id' | 'number'>, name: string, onDone: () => void) {
  const t = useT()
  const { csrf } = useRequest()
  const navigate = useNavigate()
  const runAct = useRunAct()
  const fetcher = useFetcher<TicketAnswer>({ key: `${name}-${ticket.id}` })
  const [errors, setErrors] = useState<Record<string, string>>({})
  const handled = useRef<unknown>(null)
  const done = useRef(onDone)
  done.current = onDone
  useEffect(() => {
    const answer = fetcher.data
    if (!answer || fetcher.state !== 'idle' || handled.current === answer) return
    handled.current = answer
    if (answer.message) {
      const at = answer.errors ?? {}
      setErrors(Object.keys(at).length > 0 ? at : { '': answer.message })
      return
    }
    setErrors({})
    done.current()
    toast({
      key: 'act',
      text: answer.done ?? t('agent.ticket.changed'),
      stays: 8_000,
      ...(answer.undoable ? { action: { label: t('agent.composer.undo'), run: () => runAct('undo-last') } } : {}),
    })
    if (answer.goTo) navigate(answer.goTo)
  }, [fetcher.data, fetcher.state, navigate, runAct, t])
  return {
    send: (fields: Record<string, string>) =>
      void fetcher.submit(
        { ...fields, csrf, submission: newSubmission() },
        { method: 'post', action: `/agent/tickets/${ticket.number}` },
      ),
    errors,
    clear: () => setErrors({}),
    busy: fetcher.state !== 'idle',
  }
}

export function FieldError({ id, text }: { id: string; text: string | undefined }) {
  return text ? (
    <span id={id} role="alert" className="font-normal text-danger-ink text-small">
      {text}
    </span>
  ) : null
}

/** A small form in a dialog: Enter sends it, Escape leaves it. */
export function QuestionForm({
  title,
  description,
  submit,
  busy,
  initialFocus,
  error,
  onClose,
  onSubmit,
  children,
}: {
  title: string
  description?: string
  submit: string
  busy: boolean
  initialFocus?: RefObject<HTMLElement | null>
  error?: string | undefined
  onClose(): void
  onSubmit(): void
  children: ReactNode
}) {
  const t = useT()
  const id = `question-${title.replaceAll(/\W+/g, '-')}`
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
      title={title}
      {...(description ? { description } : {})}
      closeLabel={t('common.close')}
      width="small"
      {...(initialFocus ? { initialFocus } : {})}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button variant="primary" type="submit" form={id} pending={busy}>
            {submit}
          </Button>
        </>
      }
    >
      <form
        id={id}
        noValidate
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault()
          if (!busy) onSubmit()
        }}
      >
        {error ? (
          <p role="alert" className="text-danger-ink">
            {error}
          </p>
        ) : null}
        {children}
      </form>
    </Dialog>
  )
}
