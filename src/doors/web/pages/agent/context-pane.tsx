import { MailX, X } from 'lucide-react'
import { useId, useState } from 'react'
import { Link } from 'react-router'
import { useT } from '#i18n/react.tsx'
import { Avatar } from '../../ui/avatar.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { Select } from '../../ui/field.tsx'
import { dateFormat } from '../../ui/formats.ts'
import { exactTime, Moment } from '../../ui/moment.tsx'
import { useRequest } from '../../ui/request.tsx'
import { ContextBlock } from './context-block.tsx'
import { Links, Tags } from './context-further.tsx'
import { Change } from './conversation.tsx'
import { useFrame } from './frame-context.tsx'
import type { TicketControls } from './ticket-acts.tsx'
import { DueMark } from './ticket-marks.tsx'
import type { TicketView } from './view.ts'

/** Who asks, what the ticket's fields say, when an answer is due and why, who is on copy, and all that happened. */
export function ContextPane({ ticket, controls }: { ticket: TicketView; controls: TicketControls }) {
  const t = useT()
  return (
    <div className="flex flex-col">
      <Requester ticket={ticket} controls={controls} />
      <Fields ticket={ticket} controls={controls} />
      <Tags ticket={controls.shown} controls={controls} />
      <Due ticket={ticket} />
      <Copies ticket={ticket} controls={controls} />
      <Referrals ticket={ticket} controls={controls} />
      <Links ticket={ticket} controls={controls} />
      <ContextBlock title={t('agent.context.history')}>
        <ol className="flex flex-col gap-1.5">
          {[...ticket.history].reverse().map((change) => (
            <li key={change.id} className="text-ink-faint text-small">
              <Change change={change} />
            </li>
          ))}
        </ol>
      </ContextBlock>
    </div>
  )
}

/** Mail to this address came back: why, and the way to say that it works again. */
function CameBack({ person, controls, may }: { person: TicketView['copies'][number]; controls: TicketControls; may: boolean }) {
  const t = useT()
  if (person.undeliverable === null) return null
  return (
    <div className="my-1 text-small text-warning-ink">
      <p className="flex items-start gap-1.5">
        <MailX className="mt-0.5 size-3.5 shrink-0" aria-hidden="true" />
        <span className="wrap-anywhere">
          {t('agent.context.undeliverable', { address: person.address, reason: person.undeliverable })}
        </span>
      </p>
      {may ? (
        <Button size="small" variant="quiet" className="-ms-2" onClick={() => controls.revive(person.id)}>
          {t('agent.context.revive')}
        </Button>
      ) : null}
    </div>
  )
}

function Requester({ ticket, controls }: { ticket: TicketView; controls: TicketControls }) {
  const t = useT()
  const { locale, timeZone } = useRequest()
  return (
    <ContextBlock title={t('agent.context.requester')}>
      <div className="flex items-start gap-3">
        <Avatar name={ticket.requester.name} size="large" />
        <div className="min-w-0">
          <p className="wrap-anywhere font-medium">{ticket.requester.name}</p>
          <p className="wrap-anywhere text-ink-muted">{ticket.requester.address}</p>
          <CameBack person={ticket.requester} controls={controls} may={ticket.may.people} />
          <p className="text-ink-faint text-small">
            {t('agent.context.since', {
              date: dateFormat(locale, { dateStyle: 'medium' }, timeZone).format(new Date(ticket.requester.since)),
            })}
          </p>
        </div>
      </div>
      {ticket.continues ? (
        <p className="mt-2">
          <Link to={`/agent/tickets/${ticket.continues}`} className="link">
            {t('agent.ticket.continues', { number: ticket.continues })}
          </Link>
        </p>
      ) : null}
      <h3 className="mt-3 mb-1 text-ink-faint text-small">{t('agent.context.otherTickets')}</h3>
      {ticket.others.length === 0 ? (
        <p className="text-ink-faint">{t('agent.context.noOtherTickets')}</p>
      ) : (
        <ul className="flex flex-col">
          {ticket.others.map((other) => (
            <li key={other.number}>
              <Link
                to={`/agent/tickets/${other.number}`}
                className="-mx-1.5 flex min-h-7 items-baseline gap-2 rounded-small px-1.5 py-0.5 hover:bg-hover"
              >
                <span className="min-w-0 flex-1 truncate">{other.subject}</span>
                <span className="shrink-0 text-ink-faint text-small">{other.status}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </ContextBlock>
  )
}

function Fields({ ticket, controls }: { ticket: TicketView; controls: TicketControls }) {
  const t = useT()
  const { view: frame } = useFrame()
  const { shown } = controls
  const assignable = frame.agents.some((agent) => agent.id === shown.assignee?.id) || !shown.assignee
  return (
    <ContextBlock title={t('agent.context.fields')}>
      <div className="flex flex-col gap-0.5">
        <Pick
          label={t('agent.context.status')}
          value={String(shown.status.id)}
          disabled={!ticket.may.status}
          onChange={(value) => {
            const status = frame.statuses.find((one) => String(one.id) === value)
            if (status) controls.setStatus(status)
          }}
          options={withCurrent(frame.statuses, shown.status).map((one) => ({ value: String(one.id), label: one.name }))}
        />
        {ticket.statusReason ? (
          <p className="wrap-anywhere text-ink-muted text-small">{t('agent.history.reason', { reason: ticket.statusReason })}</p>
        ) : null}
        <Pick
          label={t('agent.context.priority')}
          value={String(shown.priority.id)}
          disabled={!ticket.may.edit}
          onChange={(value) => controls.setPriority(Number(value))}
          options={withCurrent(frame.priorities, shown.priority).map((one) => ({ value: String(one.id), label: one.name }))}
        />
        <Pick
          label={t('agent.context.assignee')}
          value={shown.assignee ? String(shown.assignee.id) : ''}
          disabled={!ticket.may.assign}
          onChange={(value) => controls.assign(value === '' ? null : Number(value))}
          options={[
            { value: '', label: t('agent.list.unassigned') },
            ...(assignable || !shown.assignee ? [] : [{ value: String(shown.assignee.id), label: shown.assignee.name }]),
            ...frame.agents.map((agent) => ({
              value: String(agent.id),
              label: agent.away ? `${agent.name} (${t('agent.ticket.away')})` : agent.name,
            })),
          ]}
        />
        <Pick
          label={t('agent.context.department')}
          value={String(shown.department.id)}
          disabled={!ticket.may.transfer}
          onChange={(value) => controls.transfer(Number(value))}
          options={withCurrent(frame.departments, shown.department).map((one) => ({ value: String(one.id), label: one.name }))}
        />
        <Pick
          label={t('agent.context.topic')}
          value={shown.topic ? String(shown.topic.id) : ''}
          disabled={!ticket.may.edit}
          onChange={(value) => controls.setTopic(value === '' ? null : Number(value))}
          options={[
            { value: '', label: t('agent.context.none') },
            ...(shown.topic ? withCurrent(frame.topics, shown.topic) : frame.topics).map((one) => ({
              value: String(one.id),
              label: one.name,
            })),
          ]}
        />
        <p className="mt-1 grid grid-cols-[5.5rem_minmax(0,1fr)] gap-2">
          <span className="text-ink-faint">{t('agent.context.created')}</span>
          <Moment at={ticket.openedAt} className="ps-2" />
        </p>
      </div>
    </ContextBlock>
  )
}

/** What is set stays a choice, though it may have been archived since. */
function withCurrent<One extends { id: number; name: string }>(all: One[], current: One): One[] {
  return all.some((one) => one.id === current.id) ? all : [...all, current]
}

function Pick({
  label,
  value,
  options,
  disabled,
  onChange,
}: {
  label: string
  value: string
  options: { value: string; label: string }[]
  disabled: boolean
  onChange(value: string): void
}) {
  const id = useId()
  return (
    <div className="grid grid-cols-[5.5rem_minmax(0,1fr)] items-center gap-2">
      <label htmlFor={id} className="truncate text-ink-faint">
        {label}
      </label>
      <Select
        id={id}
        quiet
        value={value}
        disabled={disabled}
        options={options}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  )
}

function Due({ ticket }: { ticket: TicketView }) {
  const t = useT()
  const { locale, timeZone } = useRequest()
  return (
    <ContextBlock title={t('agent.context.due')}>
      {ticket.due ? (
        <>
          <p className="flex flex-wrap items-baseline justify-between gap-x-3">
            <span className="font-medium">
              {t(ticket.due.kind === 'first_response' ? 'agent.context.dueFirst' : 'agent.context.dueNext', {
                when: exactTime(ticket.due.at, locale, timeZone),
              })}
            </span>
            <DueMark at={ticket.due.at} />
          </p>
          <p className="mt-1 text-ink-faint text-small">{ticket.due.why}</p>
        </>
      ) : (
        <p className="text-ink-muted">
          {ticket.pausedBy ? t('agent.context.paused', { status: ticket.pausedBy }) : t('agent.context.noDue')}
        </p>
      )}
    </ContextBlock>
  )
}

function Copies({ ticket, controls }: { ticket: TicketView; controls: TicketControls }) {
  const t = useT()
  const [adding, setAdding] = useState(false)
  const [email, setEmail] = useState('')
  return (
    <ContextBlock title={t('agent.context.copies')}>
      {ticket.copies.length === 0 && !adding ? <p className="mb-1 text-ink-muted">{t('agent.context.noCopies')}</p> : null}
      <ul>
        {ticket.copies.map((person) => (
          <li key={person.id} className="flex min-h-7 items-center gap-2">
            <Avatar name={person.name} size="small" />
            <span className="min-w-0 flex-1 truncate" title={person.address}>
              {person.name}
              {person.undeliverable ? (
                <MailX className="ms-1 inline size-3.5 text-warning-ink" aria-label={person.undeliverable} />
              ) : null}
            </span>
            {ticket.may.people ? (
              <IconButton
                label={t('agent.context.removeCopy', { name: person.name })}
                size="small"
                onClick={() => controls.removeCopy(person.id)}
              >
                <X className="size-3.5" aria-hidden="true" />
              </IconButton>
            ) : null}
          </li>
        ))}
      </ul>
      {ticket.proposed.length > 0 ? (
        <div className="mt-2 rounded-base bg-warning-tint p-2">
          <p className="mb-1 text-small text-warning-ink">{t('agent.context.proposed')}</p>
          <ul className="flex flex-col gap-1.5">
            {ticket.proposed.map((person) => (
              <li key={person.id} className="flex flex-wrap items-center gap-x-2 gap-y-1">
                <span className="min-w-0 flex-1 basis-32">
                  <span className="block truncate">{person.name}</span>
                  <span className="block truncate text-ink-muted text-small">{person.address}</span>
                </span>
                {ticket.may.people ? (
                  <span className="flex gap-1.5">
                    <Button
                      size="small"
                      aria-label={t('agent.context.approveCopy', { name: person.name })}
                      onClick={() => controls.approveCopy(person.id)}
                    >
                      {t('agent.context.approve')}
                    </Button>
                    <Button
                      size="small"
                      variant="quiet"
                      aria-label={t('agent.context.refuseCopy', { name: person.name })}
                      onClick={() => controls.removeCopy(person.id)}
                    >
                      {t('common.remove')}
                    </Button>
                  </span>
                ) : null}
              </li>
            ))}
          </ul>
        </div>
      ) : null}
      {ticket.may.people ? (
        adding ? (
          <form
            className="mt-1.5 flex flex-col gap-2"
            onSubmit={(event) => {
              event.preventDefault()
              if (!email.trim()) return
              controls.addCopy(email.trim())
              setEmail('')
              setAdding(false)
            }}
          >
            <label className="flex flex-col gap-1">
              <span className="text-ink-faint text-small">{t('agent.context.addCopyAddress')}</span>
              <input
                type="email"
                required
                // biome-ignore lint/a11y/noAutofocus: it appears because the person asked for it
                autoFocus
                value={email}
                onChange={(event) => setEmail(event.target.value)}
                className="control"
              />
            </label>
            <div className="flex gap-2">
              <Button type="submit" variant="primary" size="small">
                {t('common.add')}
              </Button>
              <Button size="small" onClick={() => setAdding(false)}>
                {t('common.cancel')}
              </Button>
            </div>
          </form>
        ) : (
          <Button size="small" variant="quiet" className="-ms-2" onClick={() => setAdding(true)}>
            {t('agent.context.addCopy')}
          </Button>
        )
      ) : null}
    </ContextBlock>
  )
}

/** Other departments that may see the ticket and add notes. */
function Referrals({ ticket, controls }: { ticket: TicketView; controls: TicketControls }) {
  const t = useT()
  if (ticket.referrals.length === 0 && !ticket.may.transfer) return null
  return (
    <ContextBlock title={t('agent.context.referrals')}>
      {ticket.referrals.length === 0 ? <p className="mb-1 text-ink-muted">{t('agent.context.noReferrals')}</p> : null}
      <ul>
        {ticket.referrals.map((department) => (
          <li key={department.id} className="flex min-h-7 items-center gap-2">
            <span className="min-w-0 flex-1 truncate">{department.name}</span>
            {ticket.may.transfer ? (
              <IconButton
                label={t('agent.context.removeReferral', { department: department.name })}
                size="small"
                onClick={() => controls.unshare(department.id)}
              >
                <X className="size-3.5" aria-hidden="true" />
              </IconButton>
            ) : null}
          </li>
        ))}
      </ul>
      {ticket.may.transfer ? (
        <Button size="small" variant="quiet" className="-ms-2" onClick={() => controls.pick('share')}>
          {t('agent.acts.share')}
        </Button>
      ) : null}
    </ContextBlock>
  )
}
