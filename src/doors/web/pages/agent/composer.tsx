import { ChevronDown, Paperclip, Trash2, X } from 'lucide-react'
import {
  Component,
  lazy,
  type ReactNode,
  type Ref,
  Suspense,
  useCallback,
  useEffect,
  useImperativeHandle,
  useRef,
  useState,
} from 'react'
import { useFetcher, useRevalidator } from 'react-router'
import { useT } from '#i18n/react.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { classNames } from '../../ui/class-names.ts'
import { newSubmission } from '../../ui/form.tsx'
import { relativeFormat } from '../../ui/formats.ts'
import { Menu, MenuItem } from '../../ui/menu.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Popover } from '../../ui/popover.tsx'
import { useRequest } from '../../ui/request.tsx'
import { dismissToast, toast } from '../../ui/toast.tsx'
import { useActs } from './acts.tsx'
import type { EditorHandle } from './editor.tsx'
import { useFrame } from './frame-context.tsx'
import { isApple, printKeys } from './keys.ts'
import { serverNow } from './server-time.ts'
import type { TicketAnswer } from './ticket-answer.ts'
import { uploadFile } from './upload-file.ts'
import { type SaveState, useDraft } from './use-draft.ts'
import type { DraftView, FileView, Party, RecipientMode, TicketView } from './view.ts'

const Editor = lazy(() => import('./editor.tsx'))

type Kind = 'response' | 'note'

export interface ComposerHandle {
  open(kind: Kind): void
  adopt(draft: DraftView): void
}

interface Sending {
  name: string
  percent: number
  cancel(): void
}

/** Where an agent writes: a reply that leaves the house, or a note that does not. Which of the two is said by word, colour and place. */
export function Composer({ ticket, ref, onUndo }: { ticket: TicketView; ref: Ref<ComposerHandle>; onUndo(entry: number): void }) {
  const t = useT()
  const { csrf } = useRequest()
  const { revalidate } = useRevalidator()
  const fetcher = useFetcher<TicketAnswer>({ key: `compose-${ticket.id}` })
  const draftOf = (which: Kind) => ticket.drafts.find((draft) => draft.kind === which)
  const firstKind: Kind = draftOf('response') ? 'response' : draftOf('note') ? 'note' : ticket.may.reply ? 'response' : 'note'
  const [kind, setKind] = useState<Kind>(firstKind)
  const [opened, setOpened] = useState(() => ticket.drafts.some((draft) => draft.html !== '' || draft.attachments.length > 0))
  const [wantsFocus, setWantsFocus] = useState(false)
  const [mode, setMode] = useState<RecipientMode>(() => draftOf('response')?.mode ?? 'all')
  const [chosen, setChosen] = useState<string[]>(() => draftOf('response')?.chosen ?? [])
  const [files, setFiles] = useState<Record<Kind, FileView[]>>(() => ({
    response: draftOf('response')?.attachments ?? [],
    note: draftOf('note')?.attachments ?? [],
  }))
  const [sending, setSending] = useState<Record<string, Sending>>({})
  const [conflict, setConflict] = useState<TicketAnswer['conflict'] | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const [dropping, setDropping] = useState(false)
  const editor = useRef<EditorHandle>(null)
  const texts = useRef<Record<Kind, string>>({ response: draftOf('response')?.html ?? '', note: draftOf('note')?.html ?? '' })
  const picker = useRef<HTMLInputElement>(null)
  const seen = useRef(ticket.lastEntryId)
  const idle = fetcher.state === 'idle'
  const allowed = kind === 'response' ? ticket.may.reply : ticket.may.note

  // What the writer has seen: everything that was on the screen when they last looked at the conversation from here.
  useEffect(() => {
    if (!opened) seen.current = ticket.lastEntryId
  }, [opened, ticket.lastEntryId])

  const read = useCallback(() => {
    if (editor.current) texts.current[kind] = editor.current.html()
    return { kind, html: texts.current[kind], mode, chosen }
  }, [kind, mode, chosen])
  const { view: frame } = useFrame()
  const draft = useDraft(frame.me.id, ticket, csrf, ticket.drafts, read)

  const open = useCallback(
    (next: Kind) => {
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
      setKind(given.kind)
      setOpened(true)
      setWantsFocus(true)
      requestAnimationFrame(() => {
        editor.current?.setHtml(given.html)
        editor.current?.focus()
      })
    },
    [draft.adopt],
  )
  useImperativeHandle(ref, () => ({ open, adopt: take }), [open, take])

  // What could not be saved the last time is here again, and is saved now.
  const { kept, touch } = draft
  useEffect(() => {
    for (const which of ['note', 'response'] as const) {
      const html = kept(which)
      if (html === null || html === texts.current[which]) continue
      texts.current[which] = html
      setKind(which)
      setOpened(true)
      requestAnimationFrame(() => editor.current?.setHtml(html))
      touch()
    }
  }, [kept, touch])

  const post = async (status: string, sendAnyway = false) => {
    if (!idle || !allowed) return
    const { html } = read()
    const busy = Object.keys(sending).length > 0
    if ((!html && files[kind].length === 0) || busy) {
      setProblem(busy ? t('agent.composer.stillUploading') : t('agent.composer.empty'))
      editor.current?.focus()
      return
    }
    if (kind === 'response' && mode === 'chosen' && chosen.length === 0) {
      setProblem(t('agent.composer.nobody'))
      return
    }
    setProblem(null)
    // A save that came after the reply would bring the draft back to life.
    await draft.settle()
    const body = new FormData()
    body.set('csrf', csrf)
    body.set('submission', newSubmission())
    body.set('intent', kind === 'response' ? 'reply' : 'note')
    body.set('body', html)
    if (kind === 'response') {
      body.set('to', mode)
      if (mode === 'chosen') body.set('recipients', chosen.join(','))
      if (status) body.set('status', status)
      if (seen.current !== null) body.set('seen', String(seen.current))
      if (sendAnyway || conflict) body.set('sendAnyway', 'on')
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
      if (posted === 'note') toast({ key: 'posted', text: t('agent.composer.noteAdded') })
      else if (answer.posted.until) {
        const until = Date.parse(answer.posted.until)
        toast({
          key: 'undo-send',
          text: t('agent.composer.sendingIn'),
          countdown: true,
          stays: Math.max(0, until - serverNow()),
          action: { label: t('agent.composer.undo'), run: () => onUndo(entry) },
        })
      } else toast({ key: 'posted', text: t('agent.composer.posted') })
    } else if (answer.conflict) {
      setConflict(answer.conflict)
      void revalidate()
    } else if (answer.message) {
      setProblem(Object.values(answer.errors ?? {})[0] ?? answer.message)
    }
  }, [fetcher.data, fetcher.state, draft.forget, onUndo, revalidate, t])

  const attach = useCallback(
    async (list: File[], silent = false): Promise<FileView | null> => {
      let last: FileView | null = null
      await Promise.all(
        list.map(async (file) => {
          const id = newSubmission()
          const upload = uploadFile(`/agent/tickets/${ticket.number}/files`, { csrf, submission: id, kind }, file, (percent) =>
            setSending((before) => (before[id] ? { ...before, [id]: { ...before[id], percent } } : before)),
          )
          setSending((before) => ({ ...before, [id]: { name: file.name, percent: 0, cancel: upload.cancel } }))
          try {
            const stored = await upload.done
            last = stored
            if (!silent) setFiles((before) => ({ ...before, [kind]: [...before[kind], stored] }))
          } catch (error) {
            if (error instanceof Error && error.name !== 'AbortError') {
              const reason = error.message === 'offline' ? t('errors.unavailable') : error.message
              toast({ text: t('agent.composer.uploadFailed', { name: file.name, reason }), tone: 'danger' })
            }
          } finally {
            setSending((before) => {
              const { [id]: _gone, ...rest } = before
              return rest
            })
          }
        }),
      )
      return last
    },
    [csrf, kind, t, ticket.number],
  )
  const attachImage = useCallback(
    async (file: File): Promise<string | null> => (await attach([file], true))?.href ?? null,
    [attach],
  )

  const remove = (file: FileView) => {
    setFiles((before) => ({ ...before, [kind]: before[kind].filter((one) => one.id !== file.id) }))
    const body = new URLSearchParams({ csrf, submission: newSubmission(), remove: String(file.id) })
    void fetch(`/agent/tickets/${ticket.number}/files`, { method: 'POST', body })
  }

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

  useActs('composer', [
    ...(ticket.may.reply
      ? [
          {
            id: 'reply',
            label: t('agent.acts.reply'),
            group: 'ticket' as const,
            keys: 'r',
            words: t('agent.words.reply'),
            run: () => open('response'),
          },
        ]
      : []),
    ...(ticket.may.note
      ? [
          {
            id: 'note',
            label: t('agent.acts.note'),
            group: 'ticket' as const,
            keys: 'n',
            words: t('agent.words.note'),
            run: () => open('note'),
          },
        ]
      : []),
    ...(opened && allowed
      ? [
          {
            id: 'post',
            label: t('agent.acts.post'),
            group: 'ticket' as const,
            keys: 'mod+enter',
            keysOnly: true,
            run: () => void post(''),
          },
          ...(kind === 'response'
            ? [
                {
                  id: 'post-resolve',
                  label: t('agent.acts.postResolve'),
                  group: 'ticket' as const,
                  keys: 'mod+shift+enter',
                  keysOnly: true,
                  run: () => void post('resolved'),
                },
              ]
            : []),
        ]
      : []),
  ])

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

  const label = kind === 'response' ? t('agent.composer.replyText') : t('agent.composer.noteText')
  const placeholder =
    kind === 'response'
      ? t('agent.composer.replyPlaceholder', { name: ticket.requester.name })
      : t('agent.composer.notePlaceholder')

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
            <Button size="small" variant="primary" pending={!idle} onClick={() => void post('', true)}>
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
          {(['response', 'note'] as const)
            .filter((one) => (one === 'response' ? ticket.may.reply : ticket.may.note))
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
                {one === 'response' ? t('agent.composer.reply') : t('agent.composer.note')}
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
          <span className="min-w-0 flex-1 truncate text-note-ink text-small">{t('agent.composer.notePlaceholder')}</span>
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

      <EditorGuard key={kind} fallback={plain}>
        <Suspense fallback={plain}>
          <Editor
            key={kind}
            ref={editor}
            initialHtml={() => texts.current[kind]}
            label={label}
            placeholder={placeholder}
            autoFocus={wantsFocus}
            onChange={draft.touch}
            onFiles={(list) => void attach(list)}
            onImage={attachImage}
            onLeave={leave}
            onPost={(resolve) => void post(resolve && kind === 'response' ? 'resolved' : '')}
          />
        </Suspense>
      </EditorGuard>

      <FileChips files={files[kind]} sending={Object.entries(sending)} onRemove={remove} />
      {problem ? (
        <p role="alert" className="px-3 pb-1 font-medium text-danger-ink">
          {problem}
        </p>
      ) : null}

      <div className="flex flex-wrap items-center gap-2 px-3 pt-1 pb-2.5">
        <input
          ref={picker}
          type="file"
          multiple
          className="hidden"
          tabIndex={-1}
          aria-hidden="true"
          onChange={(event) => {
            void attach([...(event.target.files ?? [])])
            event.target.value = ''
          }}
        />
        <Button
          variant="quiet"
          icon={<Paperclip className="size-4" aria-hidden="true" />}
          onClick={() => picker.current?.click()}
        >
          <span className="max-sm:sr-only">{t('agent.composer.attach')}</span>
        </Button>
        <div className="ms-auto flex items-center">
          {kind === 'response' ? (
            <>
              <Button
                variant="primary"
                pending={!idle}
                onClick={() => void post('')}
                title={printKeys('mod+enter', typeof navigator !== 'undefined' && isApple())}
                className="rounded-e-none!"
              >
                {t('agent.composer.post')}
              </Button>
              <Menu
                align="end"
                side="top"
                trigger={
                  <Button
                    variant="primary"
                    aria-label={t('agent.composer.postMore')}
                    className="rounded-s-none! border-on-accent/30 border-s px-1.5!"
                  >
                    <ChevronDown className="size-4" aria-hidden="true" />
                  </Button>
                }
              >
                <MenuItem
                  onSelect={() => void post('resolved')}
                  keys={printKeys('mod+shift+enter', typeof navigator !== 'undefined' && isApple())}
                >
                  {t('agent.composer.postResolve')}
                </MenuItem>
                <MenuItem onSelect={() => void post('open')}>{t('agent.composer.postOpen')}</MenuItem>
              </Menu>
            </>
          ) : (
            <Button
              pending={!idle}
              onClick={() => void post('')}
              className="border-note-ink! bg-note-ink! text-note!"
              title={printKeys('mod+enter', typeof navigator !== 'undefined' && isApple())}
            >
              {t('agent.composer.addNote')}
            </Button>
          )}
        </div>
      </div>
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

function SaveMark({ state }: { state: SaveState }) {
  const t = useT()
  const [now, setNow] = useState(0)
  useEffect(() => {
    if (state.is !== 'saved') return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), 2_000)
    return () => clearInterval(timer)
  }, [state])
  const bad = state.is === 'failed' || state.is === 'offline'
  return (
    <span className={classNames('ms-auto truncate text-small', bad ? 'font-medium text-danger-ink' : 'text-ink-faint')}>
      <span role="status" className={state.is === 'saved' || state.is === 'saving' ? 'sr-only' : undefined}>
        {state.is === 'saved' ? t('common.saved') : null}
        {state.is === 'offline' ? t('agent.composer.offlineDraft') : null}
        {state.is === 'failed' ? t('agent.composer.notSaved', { reason: state.reason }) : null}
      </span>
      <span aria-hidden="true" className="tabular">
        {state.is === 'saving' ? t('agent.composer.saving') : null}
        {state.is === 'saved' ? t('agent.composer.saved', { ago: sayAgo(now - state.at, t.locale) }) : null}
      </span>
    </span>
  )
}

function sayAgo(ms: number, locale: string, style: Intl.RelativeTimeFormatStyle = 'short'): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  const format = relativeFormat(locale, style)
  if (seconds < 60) return format.format(-Math.max(1, seconds), 'second')
  return format.format(-Math.floor(seconds / 60), 'minute')
}

/** Who the reply goes to: always in sight, changed in place. */
function RecipientsButton({
  ticket,
  mode,
  chosen,
  onChange,
}: {
  ticket: TicketView
  mode: RecipientMode
  chosen: string[]
  onChange(mode: RecipientMode, chosen: string[]): void
}) {
  const t = useT()
  const [extra, setExtra] = useState('')
  const known: Party[] = [ticket.requester, ...ticket.copies]
  const named = (address: string) => known.find((one) => one.address === address)?.name ?? address
  const going = mode === 'requester' ? [ticket.requester.name] : mode === 'all' ? known.map((one) => one.name) : chosen.map(named)
  const others = chosen.filter((address) => !known.some((one) => one.address === address))
  const toggle = (address: string, on: boolean) =>
    onChange('chosen', on ? [...chosen, address] : chosen.filter((one) => one !== address))
  const add = () => {
    const address = extra.trim().toLowerCase()
    if (/^[^\s@]+@[^\s@]+$/.test(address) && !chosen.includes(address)) {
      onChange('chosen', [...chosen, address])
      setExtra('')
    }
  }
  return (
    <Popover
      title={t('agent.composer.recipients')}
      side="top"
      trigger={
        <button
          type="button"
          className="flex min-h-7 min-w-0 flex-1 basis-32 items-center gap-1 rounded-small px-1.5 text-start text-ink-muted text-small hover:bg-hover"
        >
          <span className="sr-only">{t('agent.composer.change')}: </span>
          <span className="shrink-0 text-ink-faint">{t('agent.composer.recipients')}</span>
          <span className={classNames('min-w-0 truncate', going.length === 0 && 'font-medium text-danger-ink')}>
            {going.length > 0 ? going.join(', ') : t('agent.composer.nobody')}
          </span>
          <ChevronDown className="size-3.5 shrink-0" aria-hidden="true" />
        </button>
      }
    >
      <fieldset className="flex flex-col gap-2">
        <legend className="sr-only">{t('agent.composer.recipients')}</legend>
        {(['all', 'requester', 'chosen'] as const).map((one) => (
          <label key={one} className="flex items-center gap-2">
            <input
              type="radio"
              name="recipient-mode"
              checked={mode === one}
              onChange={() =>
                onChange(one, one === 'chosen' && chosen.length === 0 ? known.map((party) => party.address) : chosen)
              }
              className="size-4 accent-accent"
            />
            {t(`agent.composer.modes.${one}`)}
          </label>
        ))}
        {mode === 'chosen' ? (
          <div className="flex flex-col gap-1.5 ps-6">
            {[...known, ...others.map((address) => ({ name: address, address }))].map((party) => (
              <label key={party.address} className="flex min-w-0 items-center gap-2" title={party.address}>
                <input
                  type="checkbox"
                  checked={chosen.includes(party.address)}
                  onChange={(event) => toggle(party.address, event.target.checked)}
                  className="size-4 shrink-0 accent-accent"
                />
                <span className="truncate">{party.name}</span>
              </label>
            ))}
            {ticket.may.people ? (
              <div className="mt-1 flex gap-2">
                <input
                  type="email"
                  value={extra}
                  onChange={(event) => setExtra(event.target.value)}
                  onKeyDown={(event) => {
                    if (event.key === 'Enter') {
                      event.preventDefault()
                      add()
                    }
                  }}
                  aria-label={t('agent.context.addCopyAddress')}
                  placeholder={t('agent.context.addCopyAddress')}
                  className="control min-w-0"
                />
                <Button onClick={add}>{t('common.add')}</Button>
              </div>
            ) : null}
          </div>
        ) : null}
      </fieldset>
    </Popover>
  )
}

function FileChips({
  files,
  sending,
  onRemove,
}: {
  files: FileView[]
  sending: [string, Sending][]
  onRemove(file: FileView): void
}) {
  const t = useT()
  if (files.length === 0 && sending.length === 0) return null
  return (
    <ul className="flex flex-wrap gap-1.5 px-3 py-1.5" aria-label={t('agent.entry.attachments', { count: files.length })}>
      {files.map((file) => (
        <li key={file.id} className="flex min-w-0 max-w-64 items-center gap-1 rounded-small border border-line bg-surface ps-2">
          <a href={file.href} target="_blank" rel="noopener" className="min-w-0 truncate text-small">
            {file.name}
          </a>
          <IconButton label={t('agent.composer.removeFile', { name: file.name })} size="small" onClick={() => onRemove(file)}>
            <X className="size-3.5" aria-hidden="true" />
          </IconButton>
        </li>
      ))}
      {sending.map(([id, one]) => (
        <li
          key={id}
          className="flex min-w-0 max-w-64 items-center gap-1 rounded-small border border-line bg-surface ps-2 text-ink-muted"
        >
          <span className="min-w-0 truncate text-small">
            {t('agent.composer.uploading', { name: one.name, percent: one.percent })}
          </span>
          <progress max={100} value={one.percent} aria-label={one.name} className="h-1 w-12 accent-accent" />
          <IconButton label={t('agent.composer.removeFile', { name: one.name })} size="small" onClick={one.cancel}>
            <X className="size-3.5" aria-hidden="true" />
          </IconButton>
        </li>
      ))}
    </ul>
  )
}

const escapeHtml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const textToHtml = (text: string): string =>
  text.trim() === ''
    ? ''
    : text
        .split(/\n{2,}/)
        .map((paragraph) => `<p>${escapeHtml(paragraph).replaceAll('\n', '<br>')}</p>`)
        .join('')

function htmlToText(html: string): string {
  if (typeof DOMParser === 'undefined' || html === '') return ''
  const body = new DOMParser().parseFromString(html.replace(/<br\s*\/?>/gi, '\n').replace(/<\/p>/gi, '\n\n'), 'text/html').body
  return (body.textContent ?? '').trim()
}

/** When the rich editor cannot be fetched, or fails, one still writes: in plain text. */
class EditorGuard extends Component<{ fallback: ReactNode; children: ReactNode }, { failed: boolean }> {
  override state = { failed: false }
  static getDerivedStateFromError() {
    return { failed: true }
  }
  override render() {
    return this.state.failed ? this.props.fallback : this.props.children
  }
}

/** Takes the first words while the rich editor is still on its way; what was typed here is in the editor when it comes. */
function PlainEditor({
  ref,
  initialHtml,
  label,
  placeholder,
  autoFocus,
  onChange,
}: {
  ref: Ref<EditorHandle>
  initialHtml(): string
  label: string
  placeholder: string
  autoFocus: boolean
  onChange(): void
}) {
  const area = useRef<HTMLTextAreaElement>(null)
  const initial = useRef(initialHtml)
  useEffect(() => {
    const html = initial.current()
    if (area.current && html && !area.current.value) area.current.value = htmlToText(html)
    if (autoFocus) area.current?.focus()
  }, [autoFocus])
  useImperativeHandle(
    ref,
    () => ({
      html: () => textToHtml(area.current?.value ?? ''),
      setHtml: (html) => {
        if (area.current) area.current.value = htmlToText(html)
      },
      insertHtml: (html) => {
        if (area.current) area.current.value += htmlToText(html)
      },
      focus: () => area.current?.focus(),
      isEmpty: () => !area.current?.value.trim(),
    }),
    [],
  )
  return (
    <textarea
      ref={area}
      aria-label={label}
      placeholder={placeholder}
      onChange={onChange}
      rows={4}
      className="block max-h-[40vh] min-h-20 w-full resize-none bg-transparent px-3 py-2 outline-none"
    />
  )
}
