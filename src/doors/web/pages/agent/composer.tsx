import { ChevronDown, Trash2 } from 'lucide-react'
import { lazy, type Ref, Suspense, useCallback, useEffect, useImperativeHandle, useRef, useState } from 'react'
import { useFetcher, useNavigate, useRevalidator } from 'react-router'
import { useT } from '#i18n/react.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { classNames } from '../../ui/class-names.ts'
import { newSubmission } from '../../ui/form.tsx'
import { exactTime } from '../../ui/moment.tsx'
import { Notice } from '../../ui/notice.tsx'
import { useRequest } from '../../ui/request.tsx'
import { dismissToast, toast } from '../../ui/toast.tsx'
import { useComposerActs } from './composer-acts.ts'
import { FileChips, useComposerFiles } from './composer-files.tsx'
import type { EntryKind } from './composer-kind.ts'
import { useDesk } from './desk-context.ts'
import type { EditorHandle } from './editor.tsx'
import { addressesOf, emptyForward, type ForwardChoice, ForwardTo } from './forward-to.tsx'
import { useFrame } from './frame-context.tsx'
import { EditorGuard, PlainEditor } from './plain-editor.tsx'
import { RecipientsButton } from './recipients.tsx'
import { SaveMark, sayAgo } from './save-mark.tsx'
import { SendBar, type SignatureChoice } from './send-bar.tsx'
import { SendLater } from './send-later.tsx'
import { serverNow } from './server-time.ts'
import type { TicketAnswer } from './ticket-answer.ts'
import { useCannedResponses } from './use-canned.ts'
import { useColleagues } from './use-colleagues.ts'
import { useDraft } from './use-draft.ts'
import type { DraftView, RecipientMode, TicketView } from './view.ts'

const Editor = lazy(() => import('./editor.tsx'))

export interface ComposerHandle {
  open(kind: EntryKind): void
  adopt(draft: DraftView): void
}

/** Where an agent writes: a reply, a note that does not leave the house, or a forward to somebody outside. Which is said by word, colour and place. */
export function Composer({ ticket, ref, onUndo }: { ticket: TicketView; ref: Ref<ComposerHandle>; onUndo(entry: number): void }) {
  const t = useT()
  const { csrf, locale, timeZone } = useRequest()
  const { revalidate } = useRevalidator()
  const navigate = useNavigate()
  const desk = useDesk()
  const fetcher = useFetcher<TicketAnswer>({ key: `compose-${ticket.id}` })
  const draftOf = (which: EntryKind) => ticket.drafts.find((draft) => draft.kind === which)
  const firstKind: EntryKind = draftOf('response')
    ? 'response'
    : draftOf('note')
      ? 'note'
      : ticket.may.reply
        ? 'response'
        : 'note'
  const [kind, setKind] = useState<EntryKind>(firstKind)
  const [opened, setOpened] = useState(() => ticket.drafts.some((draft) => draft.html !== '' || draft.attachments.length > 0))
  const [wantsFocus, setWantsFocus] = useState(false)
  const [mode, setMode] = useState<RecipientMode>(() => draftOf('response')?.mode ?? 'all')
  const [chosen, setChosen] = useState<string[]>(() => draftOf('response')?.chosen ?? [])
  const { files, setFiles, sending, attach, attachImage, remove } = useComposerFiles(ticket, kind, {
    response: draftOf('response')?.attachments ?? [],
    note: draftOf('note')?.attachments ?? [],
    forward: draftOf('forward')?.attachments ?? [],
  })
  const [forward, setForward] = useState<ForwardChoice>(() => ({
    ...emptyForward,
    to: draftOf('forward')?.chosen.join(', ') ?? '',
  }))
  const [conflict, setConflict] = useState<TicketAnswer['conflict'] | null>(null)
  const [signature, setSignature] = useState<SignatureChoice>('department')
  const [problem, setProblem] = useState<string | null>(null)
  /** The time that was asked for, while the answer to it is out; and whether the question for it is open. */
  const [later, setLater] = useState('')
  const [askingLater, setAskingLater] = useState(false)
  const [dropping, setDropping] = useState(false)
  const editor = useRef<EditorHandle>(null)
  const texts = useRef<Record<EntryKind, string>>({
    response: draftOf('response')?.html ?? '',
    note: draftOf('note')?.html ?? '',
    forward: draftOf('forward')?.html ?? '',
  })
  const seen = useRef(ticket.lastEntryId)
  const idle = fetcher.state === 'idle'
  const allowed = kind === 'note' ? ticket.may.note : ticket.may.reply

  // What the writer has seen: everything that was on the screen when they last looked at the conversation from here.
  useEffect(() => {
    if (!opened) seen.current = ticket.lastEntryId
  }, [opened, ticket.lastEntryId])

  const read = useCallback(() => {
    if (editor.current) texts.current[kind] = editor.current.html()
    return { kind, html: texts.current[kind], mode, chosen: kind === 'forward' ? addressesOf(forward.to) : chosen }
  }, [kind, mode, chosen, forward.to])
  const { view: frame } = useFrame()
  const draft = useDraft(frame.me.id, ticket, csrf, ticket.drafts, read)
  const colleagues = useColleagues()
  const canned = useCannedResponses(ticket, kind, (added) =>
    setFiles((before) => ({ ...before, [kind]: [...before[kind], ...added] })),
  )

  const open = useCallback(
    (next: EntryKind) => {
      if (editor.current) texts.current[kind] = editor.current.html()
      setKind(next)
      setOpened(true)
      setWantsFocus(true)
      setProblem(null)
      // Already there: only the focus is missing.
      requestAnimationFrame(() => editor.current?.focus())
    },
    [kind],
  )
  const take = useCallback(
    (given: DraftView) => {
      texts.current[given.kind] = given.html
      draft.adopt(given)
      setFiles((before) => ({ ...before, [given.kind]: given.attachments }))
      if (given.kind === 'response') {
        setMode(given.mode)
        setChosen(given.chosen)
      }
      if (given.kind === 'forward') setForward((before) => ({ ...before, to: given.chosen.join(', ') }))
      setKind(given.kind)
      setOpened(true)
      setWantsFocus(true)
      requestAnimationFrame(() => {
        editor.current?.setHtml(given.html)
        editor.current?.focus()
      })
    },
    [draft.adopt, setFiles],
  )
  useImperativeHandle(ref, () => ({ open, adopt: take }), [open, take])

  // What could not be saved the last time is here again, and is saved now.
  const { kept, touch } = draft
  useEffect(() => {
    for (const which of ['note', 'forward', 'response'] as const) {
      const html = kept(which)
      if (html === null || html === texts.current[which]) continue
      texts.current[which] = html
      setKind(which)
      setOpened(true)
      requestAnimationFrame(() => editor.current?.setHtml(html))
      touch()
    }
  }, [kept, touch])

  // Where "and go to the next" leads, settled when it is pressed: the answered ticket leaves the list.
  const onward = useRef<string | null>(null)
  const nextPlace = (): string => {
    const at = desk.rows.findIndex((row) => row.id === ticket.id)
    const next = at < 0 ? undefined : (desk.rows[at + 1] ?? desk.rows[at - 1])
    const queue = desk.queue ?? 'needs-reply'
    return next ? `/agent/tickets/${next.number}?queue=${queue}` : `/agent/queues/${queue}`
  }
  const post = async (status: string, { sendAnyway = false, sendAt = '', next = false } = {}) => {
    if (!idle || !allowed) return
    onward.current = next ? nextPlace() : null
    const { html } = read()
    const busy = Object.keys(sending).length > 0
    const carries = kind === 'forward' && forward.include !== 'none'
    if ((!html && files[kind].length === 0 && !carries) || busy) {
      setProblem(busy ? t('agent.composer.stillUploading') : t('agent.composer.empty'))
      editor.current?.focus()
      return
    }
    if (kind === 'response' && mode === 'chosen' && chosen.length === 0) {
      setProblem(t('agent.composer.nobody'))
      return
    }
    if (kind === 'forward' && addressesOf(forward.to).length === 0) {
      setProblem(t('agent.composer.nobody'))
      return
    }
    setProblem(null)
    // A save that came after the reply would bring the draft back to life.
    await draft.settle()
    const body = new FormData()
    body.set('csrf', csrf)
    body.set('submission', newSubmission())
    body.set('intent', kind === 'response' ? 'reply' : kind)
    body.set('body', html)
    if (kind === 'response') {
      body.set('to', mode)
      if (mode === 'chosen') body.set('recipients', chosen.join(','))
      if (status) body.set('status', status)
      body.set('signature', signature)
      if (sendAt) body.set('sendAt', sendAt)
      if (seen.current !== null) body.set('seen', String(seen.current))
      if (sendAnyway || conflict) body.set('sendAnyway', 'on')
    }
    if (kind === 'forward') {
      body.set('recipients', addressesOf(forward.to).join(','))
      body.set('include', forward.include)
      body.set('signature', signature)
      if (forward.files) body.set('files', 'on')
    }
    void fetcher.submit(body, { method: 'post', action: `/agent/tickets/${ticket.number}` })
  }

  // The answer to a post, once.
  const handled = useRef<unknown>(null)
  useEffect(() => {
    const answer = fetcher.data
    if (!answer || fetcher.state !== 'idle' || handled.current === answer) return
    handled.current = answer
    if (answer.posted) {
      const { entry, kind: posted } = answer.posted
      texts.current[posted] = ''
      draft.forget(posted)
      editor.current?.setHtml('')
      // Setting the text counts as a change; the draft that it would plan is none.
      draft.forget(posted)
      setFiles((before) => ({ ...before, [posted]: [] }))
      setConflict(null)
      setOpened(false)
      seen.current = entry
      document.getElementById(`entry-${entry}`)?.focus({ preventScroll: true })
      setLater('')
      if (posted === 'forward') setForward(emptyForward)
      if (posted === 'note') toast({ key: 'posted', text: t('agent.composer.noteAdded') })
      else if (answer.posted.scheduledFor)
        toast({
          key: 'posted',
          text: t('agent.composer.scheduled', { when: exactTime(answer.posted.scheduledFor, locale, timeZone) }),
        })
      else if (answer.posted.until) {
        const until = Date.parse(answer.posted.until)
        toast({
          key: 'undo-send',
          text: posted === 'forward' ? t('agent.composer.forwarding') : t('agent.composer.sendingIn'),
          countdown: true,
          stays: Math.max(0, until - serverNow()),
          action: { label: t('agent.composer.undo'), run: () => onUndo(entry) },
        })
      } else toast({ key: 'posted', text: t('agent.composer.posted') })
      if (onward.current) void navigate(onward.current)
      onward.current = null
    } else if (answer.conflict) {
      setConflict(answer.conflict)
      void revalidate()
    } else if (answer.message) {
      setProblem(Object.values(answer.errors ?? {})[0] ?? answer.message)
    }
  }, [fetcher.data, fetcher.state, draft.forget, navigate, onUndo, revalidate, setFiles, locale, timeZone, t])

  const discard = () => {
    texts.current[kind] = ''
    draft.forget(kind)
    editor.current?.setHtml('')
    draft.forget(kind)
    setFiles((before) => ({ ...before, [kind]: [] }))
    setConflict(null)
    setOpened(false)
    const body = new URLSearchParams({ csrf, submission: newSubmission(), kind, discard: 'on' })
    void fetch(`/agent/tickets/${ticket.number}/draft`, { method: 'POST', body })
    toast({ key: 'posted', text: t('agent.composer.discarded') })
  }

  const leave = () => document.getElementById(`entry-${ticket.lastEntryId}`)?.focus({ preventScroll: true })

  useComposerActs({ ticket, kind, canPost: opened && allowed, open, post: (status) => void post(status) })

  if (!ticket.may.reply && !ticket.may.note) {
    return <p className="border-line border-t bg-surface px-4 py-3 text-ink-muted">{t('agent.composer.cannotReply')}</p>
  }

  if (!opened) {
    return (
      <div className="flex shrink-0 gap-2 border-line border-t bg-surface px-4 py-2.5">
        {ticket.may.reply ? (
          <button
            type="button"
            onClick={() => open('response')}
            className="min-h-9 min-w-0 flex-1 truncate rounded-base border border-line-control bg-surface px-3 text-start text-ink-faint hover:bg-hover"
          >
            {t('agent.composer.replyPlaceholder', { name: ticket.requester.name })}
          </button>
        ) : null}
        {ticket.may.note ? (
          <button
            type="button"
            onClick={() => open('note')}
            className={classNames(
              'min-h-9 truncate rounded-base border border-note-line bg-note px-3 text-start text-note-ink hover:border-note-ink',
              !ticket.may.reply && 'flex-1',
            )}
          >
            {t('agent.composer.note')}
          </button>
        ) : null}
      </div>
    )
  }

  const label = t(`agent.composer.${kind === 'response' ? 'replyText' : kind === 'note' ? 'noteText' : 'forwardText'}`)
  const placeholder =
    kind === 'response'
      ? t('agent.composer.replyPlaceholder', { name: ticket.requester.name })
      : t(kind === 'note' ? 'agent.composer.notePlaceholder' : 'agent.composer.forwardPlaceholder')

  const plain = (
    <PlainEditor
      ref={editor}
      initialHtml={() => texts.current[kind]}
      label={label}
      placeholder={placeholder}
      autoFocus={wantsFocus}
      onChange={() => {
        read()
        draft.touch()
      }}
    />
  )

  return (
    <section
      aria-label={t('agent.composer.label')}
      onDragOver={(event) => {
        if (event.dataTransfer.types.includes('Files')) {
          event.preventDefault()
          setDropping(true)
        }
      }}
      onDragLeave={() => setDropping(false)}
      onDrop={(event) => {
        setDropping(false)
        if (event.defaultPrevented || event.dataTransfer.files.length === 0) return
        event.preventDefault()
        void attach([...event.dataTransfer.files])
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) {
          event.stopPropagation()
          leave()
        }
      }}
      className={classNames(
        'relative shrink-0 border-t-2',
        kind === 'note' ? 'border-note-ink bg-note' : 'border-accent bg-surface',
      )}
    >
      {conflict ? (
        <Notice
          live
          tone="warning"
          className="mx-3 mt-3"
          action={
            <Button
              size="small"
              variant="primary"
              pending={!idle}
              onClick={() => void post('', { sendAnyway: true, sendAt: later })}
            >
              {t('agent.composer.postAnyway')}
            </Button>
          }
        >
          {conflict.count === 1
            ? t('agent.composer.conflict', {
                name: conflict.name,
                ago: sayAgo(serverNow() - Date.parse(conflict.at), t.locale, 'long'),
              })
            : t('agent.composer.conflictMany', { count: conflict.count })}
        </Notice>
      ) : null}
      <div className="flex min-h-10 flex-wrap items-center gap-x-3 px-3 pt-1.5">
        <div role="tablist" aria-label={t('agent.composer.label')} className="flex gap-1">
          {(['response', 'note', 'forward'] as const)
            .filter((one) => (one === 'note' ? ticket.may.note : ticket.may.reply))
            .map((one) => (
              <button
                key={one}
                type="button"
                role="tab"
                aria-selected={kind === one}
                onClick={() => open(one)}
                className={classNames(
                  'min-h-7 rounded-small px-2 font-medium',
                  kind === one
                    ? one === 'note'
                      ? 'bg-note-line/60 text-note-ink'
                      : 'bg-accent-tint text-accent-ink'
                    : 'text-ink-muted hover:bg-hover',
                )}
              >
                {t(`agent.composer.${one === 'response' ? 'reply' : one}`)}
              </button>
            ))}
        </div>
        {kind === 'response' ? (
          <RecipientsButton
            ticket={ticket}
            mode={mode}
            chosen={chosen}
            onChange={(nextMode, nextChosen) => {
              setMode(nextMode)
              setChosen(nextChosen)
              draft.touch()
            }}
          />
        ) : (
          <span className={classNames('min-w-0 flex-1 truncate text-small', kind === 'note' && 'text-note-ink')}>
            {kind === 'note' ? t('agent.composer.notePlaceholder') : null}
          </span>
        )}
        <SaveMark state={draft.state} />
        <IconButton label={t('agent.composer.discard')} size="small" onClick={discard}>
          <Trash2 className="size-4" aria-hidden="true" />
        </IconButton>
        <IconButton
          label={t('agent.composer.collapse')}
          size="small"
          onClick={() => {
            void draft.saveNow()
            setOpened(false)
          }}
        >
          <ChevronDown className="size-4" aria-hidden="true" />
        </IconButton>
      </div>

      {kind === 'forward' ? (
        <ForwardTo
          value={forward}
          onChange={(next) => {
            setForward(next)
            draft.touch()
          }}
        />
      ) : null}
      <EditorGuard key={kind} fallback={plain}>
        <Suspense fallback={plain}>
          <Editor
            key={kind}
            ref={editor}
            initialHtml={() => texts.current[kind]}
            label={label}
            placeholder={placeholder}
            autoFocus={wantsFocus}
            suggest={kind === 'note' ? [canned, colleagues] : [canned]}
            onChange={draft.touch}
            onFiles={(list) => void attach(list)}
            onImage={attachImage}
            onLeave={leave}
            onPost={(resolve, next) => void post(resolve && kind === 'response' ? 'resolved' : '', { next })}
          />
        </Suspense>
      </EditorGuard>

      <FileChips files={files[kind]} sending={Object.entries(sending)} onRemove={remove} />
      {problem ? (
        <p role="alert" className="px-3 pb-1 font-medium text-danger-ink">
          {problem}
        </p>
      ) : null}

      <SendBar
        kind={kind}
        pending={!idle}
        onFiles={(list) => void attach(list)}
        onPost={(status) => void post(status)}
        onNext={() => void post('', { next: true })}
        onLater={() => setAskingLater(true)}
        signature={signature}
        onSignature={setSignature}
      />
      <SendLater
        open={askingLater}
        onOpenChange={setAskingLater}
        onChoose={(at) => {
          setAskingLater(false)
          setLater(at)
          void post('', { sendAt: at })
        }}
      />
      {dropping ? (
        <div className="pointer-events-none absolute inset-1 flex items-center justify-center rounded-base border-2 border-accent border-dashed bg-surface/90 font-medium text-large">
          {t('agent.composer.drop')}
        </div>
      ) : null}
    </section>
  )
}

/** Said when a toast with "undo" is pressed by key. */
export const dismissUndo = (): void => dismissToast('undo-send')
