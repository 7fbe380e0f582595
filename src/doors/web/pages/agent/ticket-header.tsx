import { ArrowLeft, ChevronDown, ChevronUp, Ellipsis, PanelLeft, PanelRight, Pencil } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Link } from 'react-router'
import { useT } from '#i18n/react.tsx'
import { useAppearance } from '../../ui/appearance.tsx'
import { Button, ButtonLink, buttonClass, IconButton } from '../../ui/button.tsx'
import { classNames } from '../../ui/class-names.ts'
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx'
import { useActs } from './acts.tsx'
import { useDesk } from './desk-context.ts'
import { useFrame } from './frame-context.tsx'
import { queuePath } from './queue-name.ts'
import type { TicketControls } from './ticket-acts.tsx'
import { PriorityMark, StateSign, StatusMark, ViewerMarks } from './ticket-marks.tsx'
import type { TicketView, Viewer } from './view.ts'

/** What the ticket is, and the few things that are done to it most. */
export function TicketHeader({
  ticket,
  controls,
  viewers,
  onDetails,
}: {
  ticket: TicketView
  controls: TicketControls
  viewers: Viewer[]
  onDetails(): void
}) {
  const t = useT()
  const { view: frame } = useFrame()
  const { appearance, change } = useAppearance()
  const desk = useDesk()
  const { shown } = controls
  const at = desk.rows.findIndex((row) => row.id === ticket.id)
  const slug = desk.queue ?? undefined
  const neighbour = (step: 1 | -1) => (at < 0 ? undefined : desk.rows[at + step])
  const toggleContext = () => change({ panes: { ...appearance.panes, context: !appearance.panes.context } })
  // The portal is drawn by the server, without the workspace around it.
  const seeAsCustomer = () => window.location.assign(`/agent/tickets/${ticket.number}/as-customer`)
  useActs('ticket-header', [
    {
      id: 'as-customer',
      label: t('agent.acts.asCustomer'),
      group: 'ticket',
      keys: 'v',
      words: t('agent.words.asCustomer'),
      run: seeAsCustomer,
    },
    { id: 'toggle-context', label: t('agent.acts.toggleContext'), group: 'view', keys: 'i', run: toggleContext },
  ])
  return (
    <header className="flex min-h-14 shrink-0 flex-wrap items-center gap-x-2 gap-y-1 border-line border-b bg-surface px-3 py-1.5">
      {desk.queue && !appearance.panes.list ? (
        <IconButton
          label={t('agent.list.show')}
          onClick={() => change({ panes: { ...appearance.panes, list: true } })}
          className="max-[89.9rem]:hidden"
        >
          <PanelLeft className="size-4 rtl:-scale-x-100" aria-hidden="true" />
        </IconButton>
      ) : null}
      <Link
        to={desk.queue ? queuePath(desk.queue) : '/agent'}
        aria-label={t('agent.ticket.back')}
        title={t('agent.ticket.back')}
        className={buttonClass('quiet', 'normal', classNames('w-8 px-0!', desk.listShown && 'min-[90rem]:hidden'))}
      >
        <ArrowLeft className="size-4 rtl:-scale-x-100" aria-hidden="true" />
      </Link>
      <div className="min-w-0 flex-1 basis-64">
        <Subject ticket={shown} editable={ticket.may.edit} onSave={controls.setSubject} />
        <p className="flex min-w-0 items-center gap-2.5 text-ink-muted text-small">
          <button
            type="button"
            onClick={controls.copyNumber}
            title={t('agent.ticket.copyNumber')}
            className="tabular rounded-small hover:text-ink hover:underline"
          >
            <span className="sr-only">{t('agent.ticket.copyNumber')} </span>
            {ticket.number}
          </button>
          <span className="truncate">{ticket.requester.name}</span>
          {shown.priority.urgency < 3 ? <PriorityMark priority={shown.priority} /> : null}
          <ViewerMarks viewers={viewers} />
        </p>
      </div>
      <div className="flex items-center gap-1.5">
        {ticket.may.status ? (
          <Menu
            align="end"
            trigger={
              <button type="button" className={buttonClass('quiet', 'normal', 'px-1.5! max-w-48')}>
                <span className="sr-only">{t('agent.context.status')}: </span>
                <StatusMark status={shown.status} />
                <ChevronDown className="size-3.5 shrink-0" aria-hidden="true" />
              </button>
            }
          >
            {frame.statuses.map((status) => (
              <MenuItem key={status.id} icon={<StateSign state={status.state} />} onSelect={() => controls.setStatus(status)}>
                {status.name}
              </MenuItem>
            ))}
          </Menu>
        ) : (
          <StatusMark status={shown.status} />
        )}
        {ticket.may.assign && shown.assignee?.id !== frame.me.id ? (
          <Button onClick={() => controls.assign(frame.me.id)} className="max-lg:hidden">
            {t('agent.ticket.assignToMe')}
          </Button>
        ) : null}
        {at >= 0 ? (
          <span className="flex max-sm:hidden">
            <Neighbour row={neighbour(-1)} slug={slug} label={t('agent.ticket.previous')} up />
            <Neighbour row={neighbour(1)} slug={slug} label={t('agent.ticket.next')} />
          </span>
        ) : null}
        <Menu
          align="end"
          trigger={
            <IconButton label={t('agent.ticket.more')}>
              <Ellipsis className="size-4" aria-hidden="true" />
            </IconButton>
          }
        >
          {ticket.may.assign ? (
            <>
              <MenuItem onSelect={() => controls.assign(frame.me.id)} keys="M" disabled={shown.assignee?.id === frame.me.id}>
                {t('agent.ticket.assignToMe')}
              </MenuItem>
              <MenuItem onSelect={() => controls.pick('assign')} keys="A">
                {t('agent.ticket.assign')}
              </MenuItem>
              {shown.assignee ? <MenuItem onSelect={() => controls.assign(null)}>{t('agent.ticket.unassign')}</MenuItem> : null}
            </>
          ) : null}
          {ticket.may.transfer ? (
            <MenuItem onSelect={() => controls.pick('transfer')} keys="T">
              {t('agent.ticket.transfer')}
            </MenuItem>
          ) : null}
          {ticket.may.edit ? (
            <MenuItem onSelect={() => controls.pick('priority')} keys="P">
              {t('agent.ticket.priority')}
            </MenuItem>
          ) : null}
          {ticket.may.edit ? (
            <MenuItem onSelect={() => controls.further.open('tag')} keys="L">
              {t('agent.acts.tag')}
            </MenuItem>
          ) : null}
          {ticket.may.status && shown.snoozedUntil ? (
            <MenuItem onSelect={() => controls.further.run({ intent: 'wake' })}>{t('agent.further.wake')}</MenuItem>
          ) : null}
          {ticket.may.status && (shown.status.state === 'open' || shown.status.state === 'on_hold') ? (
            <MenuItem onSelect={() => controls.further.open('snooze')} keys="H">
              {t('agent.further.snooze')}
            </MenuItem>
          ) : null}
          <MenuItem onSelect={() => controls.further.run({ intent: shown.following ? 'unfollow' : 'follow' })} keys="F">
            {shown.following ? t('agent.further.unfollow') : t('agent.further.follow')}
          </MenuItem>
          {ticket.may.merge ? (
            <MenuItem onSelect={() => controls.further.open('merge')} keys="&">
              {t('agent.further.merge')}
            </MenuItem>
          ) : null}
          {ticket.may.people ? (
            <MenuItem onSelect={() => controls.further.open('requester')}>{t('agent.further.requester')}</MenuItem>
          ) : null}
          <MenuItem onSelect={controls.copyNumber} keys=".">
            {t('agent.ticket.copyNumber')}
          </MenuItem>
          <MenuItem onSelect={seeAsCustomer}>{t('agent.acts.asCustomer')}</MenuItem>
          {ticket.may.people ? <MenuItem onSelect={controls.revokeLinks}>{t('agent.ticket.revokeLinks')}</MenuItem> : null}
          {ticket.may.edit || ticket.may.remove ? <MenuSeparator /> : null}
          {ticket.may.edit && ticket.place === 'desk' ? (
            <MenuItem onSelect={() => controls.move('spam')} keys="!">
              {t('agent.ticket.spam')}
            </MenuItem>
          ) : null}
          {ticket.may.edit && ticket.place !== 'desk' ? (
            <MenuItem onSelect={() => controls.move('desk')}>{t('agent.ticket.restore')}</MenuItem>
          ) : null}
          {ticket.may.remove && ticket.place !== 'trash' ? (
            <MenuItem onSelect={() => controls.move('trash')} tone="danger">
              {t('agent.ticket.trash')}
            </MenuItem>
          ) : null}
        </Menu>
        <IconButton
          label={appearance.panes.context ? t('agent.ticket.hideContext') : t('agent.ticket.showContext')}
          aria-pressed={appearance.panes.context}
          onClick={toggleContext}
          className="max-lg:hidden"
        >
          <PanelRight className="size-4 rtl:-scale-x-100" aria-hidden="true" />
        </IconButton>
        <IconButton label={t('agent.ticket.showContext')} onClick={onDetails} className="lg:hidden">
          <PanelRight className="size-4 rtl:-scale-x-100" aria-hidden="true" />
        </IconButton>
      </div>
    </header>
  )
}

function Neighbour({
  row,
  slug,
  label,
  up,
}: {
  row: { number: string } | undefined
  slug: string | undefined
  label: string
  up?: boolean
}) {
  const Sign = up ? ChevronUp : ChevronDown
  if (!row || !slug) {
    return (
      <IconButton label={label} disabled>
        <Sign className="size-4" aria-hidden="true" />
      </IconButton>
    )
  }
  return (
    <ButtonLink
      to={`/agent/tickets/${row.number}?queue=${slug}`}
      prefetch="intent"
      variant="quiet"
      aria-label={label}
      title={label}
      className="w-8 px-0!"
    >
      <Sign className="size-4" aria-hidden="true" />
    </ButtonLink>
  )
}

function Subject({ ticket, editable, onSave }: { ticket: TicketView; editable: boolean; onSave(subject: string): void }) {
  const t = useT()
  const [editing, setEditing] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  const opener = useRef<HTMLButtonElement>(null)
  const wasEditing = useRef(false)
  useEffect(() => {
    if (editing) field.current?.select()
    else if (wasEditing.current) opener.current?.focus()
    wasEditing.current = editing
  }, [editing])
  useActs(
    'subject',
    editable
      ? [{ id: 'edit-subject', label: t('agent.acts.editSubject'), group: 'ticket', keys: 'e', run: () => setEditing(true) }]
      : [],
  )
  if (editing) {
    return (
      <form
        className="flex gap-2"
        onSubmit={(event) => {
          event.preventDefault()
          const subject = field.current?.value.trim()
          if (subject && subject !== ticket.subject) onSave(subject)
          setEditing(false)
        }}
      >
        <input
          ref={field}
          defaultValue={ticket.subject}
          maxLength={255}
          aria-label={t('agent.newTicket.subject')}
          onKeyDown={(event) => {
            if (event.key === 'Escape') {
              event.stopPropagation()
              setEditing(false)
            }
          }}
          className="control font-semibold"
        />
        <Button type="submit" variant="primary">
          {t('common.save')}
        </Button>
      </form>
    )
  }
  return (
    <h1 className="group flex min-w-0 items-center gap-1 font-semibold text-large">
      <span className="truncate" title={ticket.subject} dir="auto">
        {ticket.subject}
      </span>
      {editable ? (
        <button
          ref={opener}
          type="button"
          aria-label={t('agent.ticket.editSubject')}
          title={t('agent.ticket.editSubject')}
          onClick={() => setEditing(true)}
          className="flex size-6 shrink-0 items-center justify-center rounded-small text-ink-faint opacity-0 hover:bg-hover focus-visible:opacity-100 group-hover:opacity-100"
        >
          <Pencil className="size-3.5" aria-hidden="true" />
        </button>
      ) : null}
    </h1>
  )
}
