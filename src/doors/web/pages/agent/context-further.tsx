import { Plus, X } from 'lucide-react'
import { Link } from 'react-router'
import { useT } from '#i18n/react.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { ContextBlock } from './context-block.tsx'
import { useFrame } from './frame-context.tsx'
import type { TicketControls } from './ticket-acts.tsx'
import { StateSign } from './ticket-marks.tsx'
import type { TagView, TicketView } from './view.ts'

export function TagChips({ tags }: { tags: TagView[] }) {
  return tags.map((tag) => (
    <Badge key={tag.id} tone={tag.colour}>
      <span className="truncate">{tag.name}</span>
    </Badge>
  ))
}

export function Tags({ ticket, controls }: { ticket: TicketView; controls: TicketControls }) {
  const t = useT()
  if (ticket.tags.length === 0 && !ticket.may.edit) return null
  return (
    <ContextBlock title={t('agent.further.tags')}>
      <ul className="flex flex-wrap items-center gap-1.5">
        {ticket.tags.map((tag) => (
          <li key={tag.id} className="inline-flex max-w-full items-center">
            <Badge tone={tag.colour}>
              <span className="truncate">{tag.name}</span>
              {ticket.may.edit ? (
                <button
                  type="button"
                  aria-label={t('agent.further.removeTag', { tag: tag.name })}
                  title={t('agent.further.removeTag', { tag: tag.name })}
                  onClick={() => controls.further.run({ intent: 'untag', tag: String(tag.id) })}
                  className="-me-1 flex size-5 items-center justify-center rounded-small hover:bg-hover"
                >
                  <X className="size-3" aria-hidden="true" />
                </button>
              ) : null}
            </Badge>
          </li>
        ))}
        {ticket.may.edit ? (
          <li>
            <Button
              size="small"
              variant="quiet"
              className={ticket.tags.length === 0 ? '-ms-2' : ''}
              icon={<Plus className="size-3.5" aria-hidden="true" />}
              onClick={() => controls.further.open('tag')}
            >
              {t('agent.further.addTag')}
            </Button>
          </li>
        ) : null}
      </ul>
    </ContextBlock>
  )
}

export function Links({ ticket, controls }: { ticket: TicketView; controls: TicketControls }) {
  const t = useT()
  const { view: frame } = useFrame()
  const children = ticket.links.filter((link) => link.as === 'child').length
  if (ticket.links.length === 0 && !ticket.may.edit) return null
  return (
    <ContextBlock title={t('agent.further.links')}>
      {children > 0 ? <p className="mb-1 text-ink-muted">{t('agent.further.children', { count: children })}</p> : null}
      <ul className="flex flex-col">
        {ticket.links.map((link) => (
          <li key={link.number} className="flex min-h-7 items-center gap-1">
            <Link
              to={`/agent/tickets/${link.number}`}
              className="-mx-1.5 flex min-w-0 flex-1 items-center gap-2 rounded-small px-1.5 py-0.5 hover:bg-hover"
            >
              <StateSign state={link.state} />
              <span className="sr-only">{link.status} </span>
              <span className="min-w-0 flex-1 truncate">{link.subject}</span>
              {link.as === 'parent' ? (
                <span className="shrink-0 text-ink-faint text-small">{t('agent.further.parent')}</span>
              ) : null}
            </Link>
            {ticket.may.edit ? (
              <IconButton
                size="small"
                label={t('agent.further.unlink', { number: link.number })}
                onClick={() => controls.further.run({ intent: 'unlink', ticket: link.number })}
              >
                <X className="size-3.5" aria-hidden="true" />
              </IconButton>
            ) : null}
          </li>
        ))}
      </ul>
      {children > 0 && frame.may.bulk && ticket.may.reply ? (
        <div className="mt-1.5 flex flex-wrap gap-1.5">
          <Button size="small" onClick={() => controls.further.open('reply-all')}>
            {t('agent.further.replyAll')}
          </Button>
          <Button size="small" onClick={controls.further.resolveAll}>
            {t('agent.further.resolveAll')}
          </Button>
        </div>
      ) : null}
      {ticket.may.edit ? (
        <Button size="small" variant="quiet" className="-ms-2 mt-1" onClick={() => controls.further.open('link')}>
          {t('agent.further.link')}
        </Button>
      ) : null}
    </ContextBlock>
  )
}
