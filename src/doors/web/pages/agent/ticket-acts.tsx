import { lazy, type ReactNode, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useFetcher, useNavigate } from 'react-router'
import { useT } from '#i18n/react.tsx'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { newSubmission } from '../../ui/form.tsx'
import { useRequest } from '../../ui/request.tsx'
import { toast } from '../../ui/toast.tsx'
import { type Act, useActs, useRunAct } from './acts.tsx'
import { useDesk } from './desk-context.ts'
import { useFrame } from './frame-context.tsx'
import { type Further, useFurther } from './further-dialogs.tsx'
import type { Choice } from './picker.tsx'
import type { TicketAnswer } from './ticket-answer.ts'
import { PriorityMark, StateSign } from './ticket-marks.tsx'
import type { FrameView, StatusChoice, TicketView } from './view.ts'

const Picker = lazy(() => import('./picker.tsx'))

export type PickerKind = 'assign' | 'transfer' | 'share' | 'status' | 'priority'

export interface TicketControls {
  /** The ticket as it will be once what was just done is confirmed. */
  shown: TicketView
  pick(kind: PickerKind): void
  assign(agent: number | null): void
  setStatus(status: StatusChoice): void
  setPriority(priority: number): void
  setTopic(topic: number | null): void
  transfer(department: number): void
  setSubject(subject: string): void
  move(place: 'desk' | 'spam' | 'trash'): void
  addCopy(email: string): void
  removeCopy(person: number): void
  /** The person's address works again. */
  revive(person: number): void
  approveCopy(person: number): void
  share(department: number): void
  unshare(department: number): void
  copyNumber(): void
  revokeLinks(): void
  further: Further
  busy: boolean
  problem: string | null
  dialogs: ReactNode
}

/** What the fields of a request under way will make of the ticket: shown at once, taken back if the server refuses. */
export function foresee(ticket: TicketView, frame: FrameView, sent: FormData | undefined): TicketView {
  if (!sent) return ticket
  const given = (name: string): string => String(sent.get(name) ?? '')
  switch (sent.get('intent')) {
    case 'assign': {
      const agent = frame.agents.find((one) => String(one.id) === given('agent'))
      return { ...ticket, assignee: agent ? { id: agent.id, name: agent.name } : null }
    }
    case 'status': {
      const status = frame.statuses.find((one) => String(one.id) === given('status'))
      return status ? { ...ticket, status } : ticket
    }
    case 'edit': {
      const priority = frame.priorities.find((one) => String(one.id) === given('priority'))
      const topic = frame.topics.find((one) => String(one.id) === given('topic'))
      return {
        ...ticket,
        subject: sent.has('subject') ? given('subject') : ticket.subject,
        priority: priority ?? ticket.priority,
        topic: sent.has('topic') ? (topic ?? null) : ticket.topic,
      }
    }
    case 'untag':
      return { ...ticket, tags: ticket.tags.filter((tag) => String(tag.id) !== given('tag')) }
    case 'tag': {
      const tag = frame.tags.find((one) => String(one.id) === given('tag'))
      return tag ? { ...ticket, tags: [...ticket.tags.filter((one) => one.id !== tag.id), tag] } : ticket
    }
    case 'follow':
    case 'unfollow':
      return { ...ticket, following: sent.get('intent') === 'follow' }
    case 'wake':
      return { ...ticket, snoozedUntil: null }
    case 'mention-done':
      return { ...ticket, mentioned: false }
    default:
      return ticket
  }
}

/** Everything that can be done to the open ticket beside writing: by button, menu, key and palette alike. */
export function useTicketControls(ticket: TicketView): TicketControls {
  const t = useT()
  const { csrf } = useRequest()
  const { view: frame } = useFrame()
  const desk = useDesk()
  const navigate = useNavigate()
  const runAct = useRunAct()
  const fetcher = useFetcher<TicketAnswer>({ key: `act-${ticket.id}` })
  const [picker, setPicker] = useState<PickerKind | null>(null)
  const [pickerOpen, setPickerOpen] = useState(false)
  const [asking, setAsking] = useState<StatusChoice | null>(null)
  const [asksOpen, setAsksOpen] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const shown = useMemo(() => foresee(ticket, frame, fetcher.formData), [ticket, frame, fetcher.formData])

  const handled = useRef<unknown>(null)
  useEffect(() => {
    const answer = fetcher.data
    if (!answer || fetcher.state !== 'idle' || handled.current === answer) return
    handled.current = answer
    const wrong = answer.message ? (Object.values(answer.errors ?? {})[0] ?? answer.message) : null
    setProblem(wrong)
    if (wrong) toast({ key: 'act', text: wrong, tone: 'danger' })
    else if (answer.done) {
      toast({
        key: 'act',
        text: answer.done,
        stays: answer.undoable ? 8_000 : 4_000,
        ...(answer.undoable ? { action: { label: t('agent.composer.undo'), run: () => runAct('undo-last') } } : {}),
      })
    }
  }, [fetcher.data, fetcher.state, runAct, t])

  const submit = fetcher.submit
  const act = useCallback(
    (fields: Record<string, string>) => {
      void submit({ ...fields, csrf, submission: newSubmission() }, { method: 'post', action: `/agent/tickets/${ticket.number}` })
    },
    [submit, csrf, ticket.number],
  )

  const assign = (agent: number | null) => act({ intent: 'assign', agent: agent === null ? '' : String(agent) })
  const setStatus = (status: StatusChoice) => {
    if (status.asksReason) {
      setAsking(status)
      setAsksOpen(true)
    } else act({ intent: 'status', status: String(status.id) })
  }
  const pick = (kind: PickerKind) => {
    setPicker(kind)
    setPickerOpen(true)
  }
  const copyNumber = () => {
    void navigator.clipboard
      ?.writeText(ticket.number)
      .then(() => toast({ key: 'act', text: t('agent.ticket.copied', { number: ticket.number }) }))
  }
  const at = desk.rows.findIndex((row) => row.id === ticket.id)
  const go = (step: 1 | -1) => {
    const row = desk.rows[at + step]
    if (row && desk.queue) navigate(`/agent/tickets/${row.number}?queue=${desk.queue}`)
  }

  const further = useFurther(ticket, act)

  const { may } = ticket
  const group = 'ticket' as const
  const acts: Act[] = []
  if (may.assign) {
    acts.push({
      id: 'assign',
      label: t('agent.acts.assign'),
      group,
      keys: 'a',
      words: t('agent.words.assign'),
      run: () => pick('assign'),
    })
    if (shown.assignee?.id !== frame.me.id) {
      acts.push({
        id: 'assign-me',
        label: t('agent.acts.assignMe'),
        group,
        keys: 'm',
        words: t('agent.words.assignMe'),
        run: () => assign(frame.me.id),
      })
    }
    if (shown.assignee) {
      acts.push({
        id: 'unassign',
        label: t('agent.acts.unassign'),
        group,
        words: t('agent.words.unassign'),
        run: () => assign(null),
      })
    }
  }
  if (may.transfer) {
    acts.push({
      id: 'transfer',
      label: t('agent.acts.transfer'),
      group,
      keys: 't',
      words: t('agent.words.transfer'),
      run: () => pick('transfer'),
    })
    acts.push({
      id: 'share',
      label: t('agent.acts.share'),
      group,
      words: t('agent.words.share'),
      run: () => pick('share'),
    })
  }
  if (may.status) {
    acts.push({
      id: 'status',
      label: t('agent.acts.status'),
      group,
      keys: 's',
      words: t('agent.words.status'),
      run: () => pick('status'),
    })
    for (const status of frame.statuses) {
      if (status.id !== shown.status.id) {
        acts.push({
          id: `status-${status.id}`,
          label: t('agent.ticket.statusIs', { status: status.name }).replace(/\.$/, ''),
          group,
          words: t('agent.words.status'),
          run: () => setStatus(status),
        })
      }
    }
  }
  if (may.edit) {
    acts.push({ id: 'priority', label: t('agent.acts.priority'), group, keys: 'p', run: () => pick('priority') })
    if (ticket.place !== 'spam') {
      acts.push({
        id: 'spam',
        label: t('agent.acts.spam'),
        group,
        keys: '!',
        words: t('agent.words.spam'),
        run: () => act({ intent: 'move', place: 'spam' }),
      })
    }
  }
  if (may.people) {
    acts.push({ id: 'revoke-links', label: t('agent.acts.revokeLinks'), group, run: () => act({ intent: 'revoke-links' }) })
  }
  acts.push({ id: 'copy-number', label: t('agent.acts.copyNumber'), group, keys: '.', run: copyNumber })
  if (at >= 0 && desk.rows[at + 1]) {
    acts.push({ id: 'next-ticket', label: t('agent.acts.nextTicket'), group, keys: ']', keysOnly: true, run: () => go(1) })
  }
  if (at > 0) {
    acts.push({
      id: 'previous-ticket',
      label: t('agent.acts.previousTicket'),
      group,
      keys: '[',
      keysOnly: true,
      run: () => go(-1),
    })
  }
  useActs('ticket', acts)

  const pickers: Record<PickerKind, { title: string; choices: Choice[]; onPick(value: string): void }> = {
    assign: {
      title: t('agent.ticket.chooseAgent'),
      choices: [
        ...[...frame.agents]
          .sort((a, b) => Number(b.id === frame.me.id) - Number(a.id === frame.me.id))
          .map((agent) => ({
            value: String(agent.id),
            label: agent.id === frame.me.id ? t('agent.ticket.me', { name: agent.name }) : agent.name,
            ...(agent.away ? { note: t('agent.ticket.away') } : {}),
            sign: <Avatar name={agent.name} size="small" />,
            current: shown.assignee?.id === agent.id,
          })),
        ...(shown.assignee ? [{ value: '', label: t('agent.ticket.unassign') }] : []),
      ],
      onPick: (value) => assign(value === '' ? null : Number(value)),
    },
    transfer: {
      title: t('agent.ticket.chooseDepartment'),
      choices: frame.departments.map((department) => ({
        value: String(department.id),
        label: department.name,
        current: shown.department.id === department.id,
      })),
      onPick: (value) => act({ intent: 'transfer', department: value }),
    },
    share: {
      title: t('agent.ticket.chooseShare'),
      choices: frame.departments
        .filter((one) => one.id !== shown.department.id && !ticket.referrals.some((shared) => shared.id === one.id))
        .map((one) => ({ value: String(one.id), label: one.name })),
      onPick: (value) => act({ intent: 'share', department: value }),
    },
    status: {
      title: t('agent.ticket.chooseStatus'),
      choices: frame.statuses.map((status) => ({
        value: String(status.id),
        label: status.name,
        sign: <StateSign state={status.state} />,
        current: shown.status.id === status.id,
      })),
      onPick: (value) => {
        const status = frame.statuses.find((one) => String(one.id) === value)
        if (status) setStatus(status)
      },
    },
    priority: {
      title: t('agent.ticket.choosePriority'),
      choices: frame.priorities.map((priority) => ({
        value: String(priority.id),
        label: priority.name,
        sign: <PriorityMark priority={priority} signOnly />,
        current: shown.priority.id === priority.id,
      })),
      onPick: (value) => act({ intent: 'edit', priority: value }),
    },
  }
  const chosen = picker ? pickers[picker] : null

  return {
    shown,
    pick,
    assign,
    setStatus,
    setPriority: (priority) => act({ intent: 'edit', priority: String(priority) }),
    setTopic: (topic) => act({ intent: 'edit', topic: topic === null ? '' : String(topic) }),
    transfer: (department) => act({ intent: 'transfer', department: String(department) }),
    setSubject: (subject) => act({ intent: 'edit', subject }),
    move: (place) => act({ intent: 'move', place }),
    addCopy: (email) => act({ intent: 'copy-add', email }),
    approveCopy: (person) => act({ intent: 'copy-approve', person: String(person) }),
    share: (department) => act({ intent: 'share', department: String(department) }),
    unshare: (department) => act({ intent: 'unshare', department: String(department) }),
    removeCopy: (person) => act({ intent: 'copy-remove', person: String(person) }),
    revive: (person) => act({ intent: 'revive-address', person: String(person) }),
    copyNumber,
    revokeLinks: () => act({ intent: 'revoke-links' }),
    further,
    busy: fetcher.state !== 'idle',
    problem,
    dialogs: (
      <>
        {further.dialogs}
        <Suspense>
          {picker && chosen ? (
            <Picker
              key={picker}
              open={pickerOpen}
              onOpenChange={setPickerOpen}
              title={chosen.title}
              choices={chosen.choices}
              onPick={chosen.onPick}
            />
          ) : null}
        </Suspense>
        <ReasonDialog
          key={asking?.id ?? 'none'}
          status={asking}
          open={asksOpen}
          onClose={() => setAsksOpen(false)}
          onGive={(status, reason) => act({ intent: 'status', status: String(status.id), reason })}
        />
      </>
    ),
  }
}

/** "On hold" asks why. */
function ReasonDialog({
  status,
  open,
  onClose,
  onGive,
}: {
  status: StatusChoice | null
  open: boolean
  onClose(): void
  onGive(status: StatusChoice, reason: string): void
}) {
  const t = useT()
  const [reason, setReason] = useState('')
  const field = useRef<HTMLInputElement>(null)
  const give = () => {
    if (!status) return
    if (!reason.trim()) {
      field.current?.focus()
      return
    }
    onGive(status, reason.trim())
    setReason('')
    onClose()
  }
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        setReason('')
        if (!next) onClose()
      }}
      title={status?.name ?? ''}
      closeLabel={t('common.close')}
      width="small"
      initialFocus={field}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button variant="primary" onClick={give}>
            {t('agent.ticket.setStatus')}
          </Button>
        </>
      }
    >
      <label className="flex flex-col gap-1 font-medium">
        {t('agent.ticket.reason')}
        <input
          ref={field}
          value={reason}
          maxLength={500}
          onChange={(event) => setReason(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') give()
          }}
          className="control font-normal"
        />
      </label>
      <p className="mt-1 text-ink-faint text-small">{t('agent.ticket.reasonHint')}</p>
    </Dialog>
  )
}
