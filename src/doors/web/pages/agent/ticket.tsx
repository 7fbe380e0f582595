import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { type ShouldRevalidateFunctionArgs, useFetcher } from 'react-router'
import { useT } from '#i18n/react.tsx'
import { useAppearance } from '../../ui/appearance.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { newSubmission } from '../../ui/form.tsx'
import { useRequest } from '../../ui/request.tsx'
import { toast } from '../../ui/toast.tsx'
import type { Route } from './+types/ticket.ts'
import { useActs } from './acts.tsx'
import { Composer, type ComposerHandle, dismissUndo } from './composer.tsx'
import { ContextPane } from './context-pane.tsx'
import { Conversation } from './conversation.tsx'
import { type EntryActs, EntryActsContext } from './entry-acts.ts'
import { loadTicket } from './load-ticket.ts'
import { noteServerTime } from './server-time.ts'
import { ticketAction } from './ticket-action.ts'
import { useTicketControls } from './ticket-acts.tsx'
import type { TicketAnswer } from './ticket-answer.ts'
import { TicketHeader } from './ticket-header.tsx'
import { TicketNotices } from './ticket-notices.tsx'
import { useSayPresence, useTicketViewers } from './use-presence.ts'
import type { TicketView } from './view.ts'

export function loader({ context, params, request }: Route.LoaderArgs): Promise<TicketView> {
  const shown = Number(new URL(request.url).searchParams.get('shown') ?? '')
  return loadTicket(context, params.number, Number.isInteger(shown) && shown > 0 ? shown : null)
}

export const action = ticketAction

/** A change of the queue it was opened from changes nothing of the ticket. */
export function shouldRevalidate({
  currentUrl,
  nextUrl,
  currentParams,
  nextParams,
  defaultShouldRevalidate,
}: ShouldRevalidateFunctionArgs): boolean {
  const same =
    currentParams.number === nextParams.number &&
    currentUrl.searchParams.get('shown') === nextUrl.searchParams.get('shown') &&
    currentUrl.href !== nextUrl.href
  return same ? false : defaultShouldRevalidate
}

export const meta: Route.MetaFunction = ({ loaderData }) => [
  { title: loaderData ? `${loaderData.number} ${loaderData.subject}` : 'Tessera' },
]

export default function TicketPage({ loaderData }: Route.ComponentProps) {
  // Another ticket is another page: nothing of a draft or a picker is carried over.
  return <Ticket key={loaderData.id} ticket={loaderData} />
}

function Ticket({ ticket }: { ticket: TicketView }) {
  const t = useT()
  const { appearance } = useAppearance()
  const { csrf } = useRequest()
  const controls = useTicketControls(ticket)
  const composer = useRef<ComposerHandle>(null)
  const [details, setDetails] = useState(false)
  const viewers = useTicketViewers(ticket.id, ticket.viewers)
  useEffect(() => noteServerTime(ticket.now), [ticket.now])
  const say = useSayPresence(ticket)

  const undo = useFetcher<TicketAnswer>({ key: `undo-${ticket.id}` })
  const submitUndo = undo.submit
  const onUndo = useCallback(
    (entry: number) => {
      dismissUndo()
      void submitUndo(
        { intent: 'withdraw', entry: String(entry), csrf, submission: newSubmission() },
        { method: 'post', action: `/agent/tickets/${ticket.number}` },
      )
    },
    [submitUndo, csrf, ticket.number],
  )
  const onPublish = useCallback(
    (entry: number) =>
      void submitUndo(
        { intent: 'publish', entry: String(entry), csrf, submission: newSubmission() },
        { method: 'post', action: `/agent/tickets/${ticket.number}` },
      ),
    [submitUndo, csrf, ticket.number],
  )
  const handled = useRef<unknown>(null)
  useEffect(() => {
    const answer = undo.data
    if (!answer || undo.state !== 'idle' || handled.current === answer) return
    handled.current = answer
    if (answer.withdrawn) {
      composer.current?.adopt(answer.withdrawn)
      toast({ key: 'posted', text: t('agent.composer.undone') })
    } else if (answer.done) toast({ key: 'posted', text: answer.done })
    else if (answer.message) toast({ key: 'posted', text: answer.message, tone: 'danger' })
  }, [undo.data, undo.state, t])

  const takeable = [...ticket.entries].reverse().find((entry) => entry.withdrawableUntil)
  useActs(
    'undo',
    takeable ? [{ id: 'undo', label: t('agent.acts.undo'), group: 'ticket', keys: 'z', run: () => onUndo(takeable.id) }] : [],
  )

  const { run: runFurther, open: openFurther } = controls.further
  const latest = useRef({ runFurther, openFurther })
  latest.current = { runFurther, openFurther }
  const pinned = ticket.pinned?.id ?? null
  const entryActs = useMemo<EntryActs>(
    () => ({
      pinned,
      mayPin: ticket.may.note,
      maySplit: ticket.may.split,
      pin: (entry) => latest.current.runFurther({ intent: 'pin', entry: entry === null ? '' : String(entry) }),
      split: (entry) => latest.current.openFurther('split', entry),
    }),
    [pinned, ticket.may.note, ticket.may.split],
  )

  // Another ticket was opened by key: the keyboard is in it, not in the list it came from.
  const region = useRef<HTMLElement>(null)
  useEffect(() => {
    region.current?.focus({ preventScroll: true })
  }, [])

  return (
    <section
      ref={region}
      data-focus-home
      tabIndex={-1}
      aria-label={t('agent.ticket.label', { number: ticket.number })}
      onFocusCapture={(event) =>
        say(event.target instanceof Element && event.target.closest('.composer-text, textarea') ? 'replying' : 'viewing')
      }
      className="flex min-h-0 min-w-0 flex-1 flex-col outline-none"
    >
      <TicketHeader ticket={ticket} controls={controls} viewers={viewers} onDetails={() => setDetails(true)} />
      <div className="flex min-h-0 flex-1">
        <div className="flex min-h-0 min-w-0 flex-1 flex-col">
          <TicketNotices ticket={controls.shown} controls={controls} />
          <EntryActsContext value={entryActs}>
            <Conversation ticket={ticket} onUndo={onUndo} onPublish={ticket.may.reply ? onPublish : undefined} />
          </EntryActsContext>
          {viewers.some((viewer) => viewer.doing === 'replying') ? (
            <p role="status" className="truncate bg-warning-tint px-4 py-1 text-small text-warning-ink">
              {t('agent.ticket.isReplying', {
                name: viewers
                  .filter((viewer) => viewer.doing === 'replying')
                  .map((viewer) => viewer.name)
                  .join(', '),
              })}
            </p>
          ) : null}
          <Composer ticket={ticket} ref={composer} onUndo={onUndo} />
        </div>
        {appearance.panes.context ? (
          <section
            aria-label={t('agent.ticket.context')}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
            tabIndex={0}
            className="w-72 shrink-0 overflow-y-auto border-line border-s bg-surface focus-visible:-outline-offset-2 max-lg:hidden"
          >
            <ContextPane ticket={ticket} controls={controls} />
          </section>
        ) : null}
      </div>
      <Dialog open={details} onOpenChange={setDetails} title={t('agent.ticket.context')} closeLabel={t('common.close')}>
        <div className="-mx-4">
          <ContextPane ticket={ticket} controls={controls} />
        </div>
      </Dialog>
      {controls.dialogs}
    </section>
  )
}
