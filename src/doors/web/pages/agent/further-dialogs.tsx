import { lazy, type ReactNode, Suspense, useRef, useState } from 'react'
import { useT } from '#i18n/react.tsx'
import { Badge } from '../../ui/badge.tsx'
import { FieldError, QuestionForm, useActForm } from './act-form.tsx'
import { type Act, useActs } from './acts.tsx'
import { useBulkRun } from './bulk-bar.tsx'
import { useFrame } from './frame-context.tsx'
import { MergeDialog } from './merge-dialog.tsx'
import { SnoozeDialog } from './snooze-dialog.tsx'
import type { TicketView } from './view.ts'

const Picker = lazy(() => import('./picker.tsx'))

export type FurtherKind = 'tag' | 'snooze' | 'requester' | 'merge' | 'link' | 'reply-all' | 'split'

export interface Further {
  open(kind: FurtherKind, entry?: number): void
  run(fields: Record<string, string>): void
  resolveAll(): void
  dialogs: ReactNode
}

/** What an agent does with a ticket beyond answering and its fields: the questions, and their keys and words in the palette. */
export function useFurther(ticket: TicketView, run: (fields: Record<string, string>) => void): Further {
  const t = useT()
  const { view: frame } = useFrame()
  const [kind, setKind] = useState<FurtherKind | null>(null)
  const [entry, setEntry] = useState<number | null>(null)
  const close = () => setKind(null)
  const open = (next: FurtherKind, at?: number) => {
    setEntry(at ?? null)
    setKind(next)
  }
  const tagging = useActForm(ticket, 'tag', close)
  const bulk = useBulkRun(() => {})
  const children = ticket.links.filter((link) => link.as === 'child')
  const resolveAll = () => bulk.start({ kind: 'status', status: 'resolved' }, { childrenOf: ticket.number, andItself: true })
  const { may } = ticket
  const group = 'ticket' as const
  const isOpen = ticket.status.state === 'open' || ticket.status.state === 'on_hold'
  const acts: Act[] = [
    ...(may.edit
      ? [{ id: 'tag', label: t('agent.acts.tag'), group, keys: 'l', words: t('agent.words.tag'), run: () => open('tag') }]
      : []),
    ...(may.status && ticket.snoozedUntil
      ? [{ id: 'wake', label: t('agent.further.wake'), group, run: () => run({ intent: 'wake' }) }]
      : []),
    ...(may.status && isOpen
      ? [
          {
            id: 'snooze',
            label: t('agent.further.snooze'),
            group,
            keys: 'h',
            words: t('agent.words.snooze'),
            run: () => open('snooze'),
          },
        ]
      : []),
    {
      id: 'follow',
      label: ticket.following ? t('agent.further.unfollow') : t('agent.further.follow'),
      group,
      keys: 'f',
      words: t('agent.words.follow'),
      run: () => run({ intent: ticket.following ? 'unfollow' : 'follow' }),
    },
    ...(ticket.mentioned
      ? [{ id: 'mention-done', label: t('agent.further.mentionDoneAct'), group, run: () => run({ intent: 'mention-done' }) }]
      : []),
    ...(may.merge
      ? [
          {
            id: 'merge',
            label: t('agent.further.merge'),
            group,
            keys: '&',
            words: t('agent.words.merge'),
            run: () => open('merge'),
          },
        ]
      : []),
    ...(may.edit ? [{ id: 'link', label: t('agent.further.link'), group, run: () => open('link') }] : []),
    ...(may.people
      ? [
          {
            id: 'requester',
            label: t('agent.further.requester'),
            group,
            words: t('agent.words.requester'),
            run: () => open('requester'),
          },
        ]
      : []),
    ...(children.length > 0 && frame.may.bulk && may.reply
      ? [
          { id: 'reply-all', label: t('agent.further.replyAll'), group, run: () => open('reply-all') },
          { id: 'resolve-all', label: t('agent.further.resolveAll'), group, run: resolveAll },
        ]
      : []),
  ]
  useActs('further', acts)

  const unused = frame.tags.filter((tag) => !ticket.tags.some((one) => one.id === tag.id))
  return {
    open,
    run,
    resolveAll,
    dialogs: (
      <>
        <Suspense>
          {kind === 'tag' ? (
            <Picker
              open
              onOpenChange={(on) => {
                if (!on) close()
              }}
              title={t('agent.further.addTag')}
              placeholder={t('agent.further.tagPlaceholder')}
              choices={unused.map((tag) => ({
                value: String(tag.id),
                label: tag.name,
                sign: <Badge tone={tag.colour}>{tag.name}</Badge>,
                signOnly: true,
              }))}
              onPick={(tag) => run({ intent: 'tag', tag })}
              {...(frame.may.tag
                ? {
                    create: {
                      label: (name: string) => t('agent.further.makeTag', { name }),
                      run: (name: string) => tagging.send({ intent: 'tag', name }),
                    },
                  }
                : {})}
            />
          ) : null}
        </Suspense>
        {kind === 'snooze' ? <SnoozeDialog ticket={ticket} onClose={close} /> : null}
        {kind === 'requester' ? <RequesterDialog ticket={ticket} onClose={close} /> : null}
        {kind === 'merge' ? <MergeDialog ticket={ticket} onClose={close} /> : null}
        {kind === 'link' ? <LinkDialog ticket={ticket} onClose={close} /> : null}
        {kind === 'split' && entry !== null ? <SplitDialog ticket={ticket} entry={entry} onClose={close} /> : null}
        {kind === 'reply-all' ? (
          <ReplyAllDialog
            count={children.length}
            onClose={close}
            onSend={(body) => {
              bulk.start({ kind: 'reply', body, format: 'text' }, { childrenOf: ticket.number })
              close()
            }}
          />
        ) : null}
        {bulk.reportDialog}
      </>
    ),
  }
}

function RequesterDialog({ ticket, onClose }: { ticket: TicketView; onClose(): void }) {
  const t = useT()
  const { send, errors, busy } = useActForm(ticket, 'requester', onClose)
  const [email, setEmail] = useState('')
  const [name, setName] = useState('')
  const [keep, setKeep] = useState(true)
  const field = useRef<HTMLInputElement>(null)
  return (
    <QuestionForm
      title={t('agent.further.requesterTitle')}
      submit={t('agent.further.requesterSet')}
      busy={busy}
      initialFocus={field}
      error={errors['']}
      onClose={onClose}
      onSubmit={() => send({ intent: 'requester', email, name, ...(keep ? { keepOnCopy: 'on' } : {}) })}
    >
      <label className="flex flex-col gap-1 font-medium">
        {t('agent.further.requesterEmail')}
        <input
          ref={field}
          type="email"
          value={email}
          onChange={(event) => setEmail(event.target.value)}
          aria-invalid={errors.email ? true : undefined}
          aria-describedby="requester-error"
          className="control font-normal"
        />
        <FieldError id="requester-error" text={errors.email} />
      </label>
      <label className="flex flex-col gap-1 font-medium">
        {t('agent.further.requesterName')}
        <input value={name} maxLength={120} onChange={(event) => setName(event.target.value)} className="control font-normal" />
      </label>
      <label className="flex items-center gap-2">
        <input
          type="checkbox"
          checked={keep}
          onChange={(event) => setKeep(event.target.checked)}
          className="size-4 accent-accent"
        />
        {t('agent.further.requesterKeep', { name: ticket.requester.name })}
      </label>
    </QuestionForm>
  )
}

function LinkDialog({ ticket, onClose }: { ticket: TicketView; onClose(): void }) {
  const t = useT()
  const { send, errors, busy } = useActForm(ticket, 'link', onClose)
  const [number, setNumber] = useState('')
  const [as, setAs] = useState<'related' | 'parent'>('related')
  const field = useRef<HTMLInputElement>(null)
  return (
    <QuestionForm
      title={t('agent.further.link')}
      submit={t('agent.further.linkSet')}
      busy={busy}
      initialFocus={field}
      error={errors['']}
      onClose={onClose}
      onSubmit={() => send({ intent: 'link', ticket: number, as })}
    >
      <label className="flex flex-col gap-1 font-medium">
        {t('agent.further.linkNumber')}
        <input
          ref={field}
          inputMode="numeric"
          value={number}
          onChange={(event) => setNumber(event.target.value)}
          aria-invalid={errors.ticket ? true : undefined}
          aria-describedby="link-error"
          className="control tabular font-normal"
        />
        <FieldError id="link-error" text={errors.ticket} />
      </label>
      <fieldset>
        <legend className="mb-1 font-medium">{t('agent.further.linkAs')}</legend>
        {(['related', 'parent'] as const).map((one) => (
          <label key={one} className="flex min-h-8 items-center gap-2">
            <input type="radio" name="as" checked={as === one} onChange={() => setAs(one)} className="size-4 accent-accent" />
            {t(`agent.further.linkKinds.${one}`)}
          </label>
        ))}
      </fieldset>
    </QuestionForm>
  )
}

function SplitDialog({ ticket, entry, onClose }: { ticket: TicketView; entry: number; onClose(): void }) {
  const t = useT()
  const { send, errors, busy } = useActForm(ticket, 'split', onClose)
  const [subject, setSubject] = useState(ticket.subject)
  const field = useRef<HTMLInputElement>(null)
  return (
    <QuestionForm
      title={t('agent.further.splitTitle')}
      submit={t('agent.further.splitGo')}
      busy={busy}
      initialFocus={field}
      error={errors[''] ?? errors.entry}
      onClose={onClose}
      onSubmit={() => send({ intent: 'split', entry: String(entry), subject })}
    >
      <label className="flex flex-col gap-1 font-medium">
        {t('agent.further.splitSubject')}
        <input
          ref={field}
          value={subject}
          maxLength={255}
          onChange={(event) => setSubject(event.target.value)}
          className="control font-normal"
        />
      </label>
    </QuestionForm>
  )
}

function ReplyAllDialog({ count, onClose, onSend }: { count: number; onClose(): void; onSend(body: string): void }) {
  const t = useT()
  const [body, setBody] = useState('')
  const field = useRef<HTMLTextAreaElement>(null)
  return (
    <QuestionForm
      title={t('agent.further.replyAllTitle', { count })}
      description={t('agent.further.replyAllHint')}
      submit={t('agent.further.replyAllGo', { count })}
      busy={false}
      initialFocus={field}
      onClose={onClose}
      onSubmit={() => {
        if (body.trim()) onSend(body)
        else field.current?.focus()
      }}
    >
      <label className="flex flex-col gap-1 font-medium">
        {t('agent.further.replyAllText')}
        <textarea
          ref={field}
          rows={7}
          value={body}
          onChange={(event) => setBody(event.target.value)}
          className="control h-auto! py-2 font-normal"
        />
      </label>
    </QuestionForm>
  )
}
