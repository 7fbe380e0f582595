import { Ellipsis, Paperclip, ShieldAlert, ShieldCheck } from 'lucide-react'
import { memo, type ReactNode, useContext, useEffect, useState } from 'react'
import { useT } from '#i18n/react.tsx'
import { Avatar } from '../../ui/avatar.tsx'
import { Badge, type Tone } from '../../ui/badge.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { classNames } from '../../ui/class-names.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { Menu, MenuItem, MenuLink } from '../../ui/menu.tsx'
import { exactTime, Moment } from '../../ui/moment.tsx'
import { Facts } from '../../ui/page.tsx'
import { useRequest } from '../../ui/request.tsx'
import { PlainText, RichText } from '../../ui/rich-text.tsx'
import { toast } from '../../ui/toast.tsx'
import { saySize } from './duration.ts'
import { EntryActsContext } from './entry-acts.ts'
import { useMarkStep } from './first-steps.tsx'
import { MailFrame } from './mail-frame.tsx'
import { Scheduled } from './scheduled.tsx'
import { serverNow } from './server-time.ts'
import type { EntryView, FileView, Party } from './view.ts'

const names = (parties: Party[]): string => parties.map((party) => party.name || party.address).join(', ')

const verdictTones: Record<NonNullable<EntryView['verdict']>, Tone> = {
  verified: 'success',
  internal: 'info',
  not_verified: 'neutral',
  failed: 'danger',
}

/** One message of the conversation: who, when, to whom; what is new of it; what is folded; how it travelled. */
export const EntryCard = memo(function EntryCard({
  entry,
  onUndo,
  onPublish,
  isNew,
  isPinned,
}: {
  entry: EntryView
  onUndo(entry: number): void
  /** Left out when the reader may not. */
  onPublish?: ((entry: number) => void) | undefined
  isNew?: boolean
  /** Drawn above the conversation, beside its place in it. */
  isPinned?: boolean
}) {
  const t = useT()
  const [images, setImages] = useState(false)
  const [details, setDetails] = useState(false)
  const markStep = useMarkStep()
  const showDetails = () => {
    setDetails(true)
    markStep('why')
  }
  const [headers, setHeaders] = useState(false)
  const acts = useContext(EntryActsContext)
  const note = entry.kind === 'note'
  const response = entry.kind === 'response'
  const frame = entry.body.form === 'frame' ? entry.body : null
  return (
    <article
      id={isPinned ? `pinned-${entry.id}` : `entry-${entry.id}`}
      aria-label={`${t(`agent.entry.${entry.side ?? entry.kind}`)}, ${entry.author.name}`}
      tabIndex={-1}
      className={classNames(
        'scroll-mt-4 rounded-base border px-4 pt-3 pb-3.5 outline-offset-2',
        note && 'mx-4 border-note-line bg-note max-sm:mx-0 sm:mx-6',
        response && 'ms-10 border-agent-line bg-agent max-sm:ms-4',
        entry.kind === 'message' && 'me-10 border-line bg-surface max-sm:me-4',
        isNew && 'ring-2 ring-accent/40',
      )}
    >
      <header className="mb-2 flex items-start gap-2.5">
        <Avatar name={entry.author.name} />
        <div className="min-w-0 flex-1">
          <p className="flex flex-wrap items-baseline gap-x-2">
            <span className="wrap-anywhere font-semibold">{entry.author.name}</span>
            <span
              className={classNames(
                'font-medium text-small',
                note ? 'text-note-ink' : response ? 'text-accent-ink' : 'text-ink-faint',
              )}
            >
              {t(`agent.entry.${entry.side ?? entry.kind}`)}
            </span>
            <Moment at={entry.at} className="text-ink-faint text-small" />
            {entry.origin ? (
              <span className="tabular text-ink-faint text-small">{t('agent.further.from', { number: entry.origin })}</span>
            ) : null}
          </p>
          <Addressing entry={entry} />
        </div>
        {entry.verdict ? <Verdict verdict={entry.verdict} reason={entry.verdictReason} onOpen={showDetails} /> : null}
        <Menu
          align="end"
          trigger={
            <IconButton label={t('agent.entry.menu')} size="small" className="-me-1.5 -mt-0.5">
              <Ellipsis className="size-4" aria-hidden="true" />
            </IconButton>
          }
        >
          <MenuItem onSelect={showDetails}>{t('agent.entry.details')}</MenuItem>
          {entry.side === 'third_party' && note && onPublish ? (
            <MenuItem onSelect={() => onPublish(entry.id)}>{t('agent.entry.publish')}</MenuItem>
          ) : null}
          {entry.original ? (
            <>
              <MenuItem onSelect={() => setHeaders(true)}>{t('agent.entry.headers')}</MenuItem>
              <MenuLink
                to={
                  <a href={entry.original} download>
                    {t('agent.entry.original')}
                  </a>
                }
              >
                {t('agent.entry.original')}
              </MenuLink>
            </>
          ) : null}
          {note && acts?.mayPin ? (
            <MenuItem onSelect={() => acts.pin(acts.pinned === entry.id ? null : entry.id)}>
              {acts.pinned === entry.id ? t('agent.further.unpin') : t('agent.further.pin')}
            </MenuItem>
          ) : null}
          {entry.kind === 'message' && acts?.maySplit ? (
            <MenuItem onSelect={() => acts.split(entry.id)}>{t('agent.further.split')}</MenuItem>
          ) : null}
          {entry.body.form === 'text' ? (
            <MenuItem
              onSelect={() => {
                if (entry.body.form === 'text') void navigator.clipboard?.writeText(entry.body.text)
              }}
            >
              {t('agent.entry.copyText')}
            </MenuItem>
          ) : null}
        </Menu>
      </header>

      {entry.flagged ? (
        <p className="mb-2 flex items-start gap-1.5 font-medium text-warning-ink">
          <ShieldAlert className="mt-0.5 size-4 shrink-0" aria-hidden="true" />
          {t('agent.entry.flagged')}
        </p>
      ) : null}

      {entry.body.form === 'text' ? <PlainText text={entry.body.text} /> : null}
      {entry.body.form === 'rich' ? <RichText nodes={entry.body.nodes} /> : null}
      {frame ? (
        <>
          {frame.remoteImages && !images ? (
            <p className="mb-2 flex flex-wrap items-center gap-2 text-ink-muted text-small">
              <span className="min-w-0 flex-1 basis-60">{t('agent.entry.imagesHint')}</span>
              <Button size="small" onClick={() => setImages(true)}>
                {t('agent.entry.images')}
              </Button>
            </p>
          ) : null}
          <MailFrame
            src={images ? `${frame.href}${frame.href.includes('?') ? '&' : '?'}images=1` : frame.href}
            title={t('agent.entry.frame', { name: entry.author.name })}
          />
        </>
      ) : null}

      {entry.hidden ? <Folded text={entry.hidden} /> : null}
      {entry.attachments.length > 0 ? <Files files={entry.attachments} /> : null}
      {response || entry.side === 'forward' ? <Delivery entry={entry} onUndo={onUndo} /> : null}

      <Dialog open={details} onOpenChange={setDetails} title={t('agent.entry.detailsTitle')} closeLabel={t('common.close')}>
        <EntryDetails entry={entry} />
      </Dialog>
      <Dialog
        open={headers}
        onOpenChange={setHeaders}
        title={t('agent.entry.headersTitle')}
        closeLabel={t('common.close')}
        width="wide"
      >
        {headers && entry.original ? <Headers href={entry.original} /> : null}
      </Dialog>
    </article>
  )
})

function Addressing({ entry }: { entry: EntryView }) {
  const t = useT()
  const parts: ReactNode[] = []
  if (entry.to.length > 0) parts.push(t('agent.entry.to', { names: names(entry.to) }))
  if (entry.cc.length > 0) parts.push(t('agent.entry.cc', { names: names(entry.cc) }))
  if (parts.length === 0 && entry.kind === 'message') parts.push(t(`agent.entry.via.${entry.channel}`))
  const all = [...entry.to, ...entry.cc].map((party) => party.address).join(', ')
  return parts.length > 0 ? (
    <p className="truncate text-ink-faint text-small" title={all || (entry.author.address ?? undefined)}>
      {entry.author.kind === 'user' && entry.author.address ? `${entry.author.address} · ` : ''}
      {parts.join(' · ')}
    </p>
  ) : null
}

function Folded({ text }: { text: string }) {
  const t = useT()
  return (
    <details className="group mt-2.5">
      <summary className="inline-flex min-h-6 list-none items-center rounded-small border border-line bg-sunken px-1.5 text-ink-muted text-small hover:text-ink">
        <span className="group-open:hidden">{t('agent.entry.quoted')}</span>
        <span className="hidden group-open:inline">{t('agent.entry.hideQuoted')}</span>
      </summary>
      <div className="mt-2 border-line-control border-s-2 ps-3 text-ink-muted">
        <PlainText text={text} />
      </div>
    </details>
  )
}

export function Files({ files }: { files: FileView[] }) {
  const t = useT()
  const { locale } = useRequest()
  return (
    <ul aria-label={t('agent.entry.attachments', { count: files.length })} className="mt-3 flex flex-wrap gap-2">
      {files.map((file) => (
        <li key={file.id} className="min-w-0 max-w-full">
          <a
            href={file.href}
            target="_blank"
            rel="noopener"
            className="flex min-h-8 min-w-0 items-center gap-2 rounded-base border border-line bg-surface px-2.5 hover:bg-hover"
          >
            <Paperclip className="size-3.5 shrink-0 text-ink-faint" aria-hidden="true" />
            <span className="sr-only">{t('agent.entry.download')} </span>
            <span className="min-w-0 truncate">{file.name}</span>
            <span className="shrink-0 text-ink-faint text-small">{saySize(file.size, locale)}</span>
          </a>
        </li>
      ))}
    </ul>
  )
}

/** Honest about what is known: handed to a server is all that anybody can know. */
function Delivery({ entry, onUndo }: { entry: EntryView; onUndo(entry: number): void }) {
  const t = useT()
  const left = useSecondsUntil(entry.withdrawableUntil)
  if (entry.scheduled) return <Scheduled entry={entry.id} scheduled={entry.scheduled} onUndo={onUndo} />
  if (left > 0) {
    return (
      <p className="mt-3 flex items-center gap-2 text-ink-muted text-small">
        <span className="tabular">{t('agent.entry.state.sendingIn', { seconds: left })}</span>
        <Button size="small" onClick={() => onUndo(entry.id)}>
          {t('agent.composer.undo')}
        </Button>
      </p>
    )
  }
  const { delivery } = entry
  if (!delivery) return null
  // Of several recipients one may have been refused: sent, and yet somebody must look.
  const bad = delivery.state === 'failed' || (delivery.state === 'sent' && delivery.failure !== null)
  return (
    <p
      className={classNames(
        'mt-3 text-small',
        bad ? 'font-medium text-danger-ink' : delivery.state === 'held' ? 'text-warning-ink' : 'text-ink-faint',
      )}
    >
      <DeliveryWords delivery={delivery} />
    </p>
  )
}

export function DeliveryWords({ delivery }: { delivery: NonNullable<EntryView['delivery']> }) {
  const t = useT()
  const reason = delivery.failure ?? t('agent.composer.failureUnknown')
  switch (delivery.state) {
    case 'failed':
      return <>{t('agent.entry.state.failed', { reason })}</>
    case 'held':
      return <>{t('agent.entry.state.held', { reason })}</>
    case 'sent':
      return (
        <>
          {t('agent.entry.state.sent')}
          {delivery.at ? (
            <>
              {' '}
              <Moment at={delivery.at} style="short" />
            </>
          ) : null}
          {delivery.failure ? <> · {delivery.failure}</> : null}
        </>
      )
    default:
      return <>{t(`agent.entry.state.${delivery.state}`)}</>
  }
}

/** Whole seconds until then, counted down; 0 when it is over or there is nothing to wait for. */
export function useSecondsUntil(until: string | null): number {
  const [left, setLeft] = useState(0)
  useEffect(() => {
    if (!until) {
      setLeft(0)
      return
    }
    const count = () => setLeft(Math.max(0, Math.ceil((Date.parse(until) - serverNow()) / 1000)))
    count()
    const timer = setInterval(count, 250)
    return () => clearInterval(timer)
  }, [until])
  return left
}

function EntryDetails({ entry }: { entry: EntryView }) {
  const t = useT()
  const { locale, timeZone } = useRequest()
  return (
    <Facts
      items={[
        ...(entry.landed ? [{ label: t('agent.entry.why'), value: entry.landed }] : []),
        { label: t('agent.entry.received'), value: exactTime(entry.at, locale, timeZone) },
        {
          label: t('agent.entry.sender'),
          value: (
            <>
              {entry.author.name}
              {entry.author.address ? ` <${entry.author.address}>` : ''}
              {entry.verdict ? (
                <span className="mt-1 block">
                  <Badge tone={verdictTones[entry.verdict]}>{t(`agent.entry.verdict.${entry.verdict}`)}</Badge>
                  {entry.verdictReason ? <span className="mt-0.5 block">{entry.verdictReason}</span> : null}
                  <span className="mt-0.5 block text-ink-muted">{t(`agent.entry.verdictLong.${entry.verdict}`)}</span>
                </span>
              ) : null}
            </>
          ),
        },
        ...(entry.delivery ? [{ label: t('agent.entry.delivery'), value: <DeliveryWords delivery={entry.delivery} /> }] : []),
      ]}
    />
  )
}

/** Who really sent it: a quiet mark when that is proven, words when it is not; either says why, and opens the details. */
function Verdict({
  verdict,
  reason,
  onOpen,
}: {
  verdict: NonNullable<EntryView['verdict']>
  reason: string | null
  onOpen(): void
}) {
  const t = useT()
  const why = reason ?? t(`agent.entry.verdictLong.${verdict}`)
  if (verdict === 'verified' || verdict === 'internal')
    return (
      <IconButton label={`${t(`agent.entry.verdict.${verdict}`)}. ${why}`} size="small" className="-mt-0.5" onClick={onOpen}>
        <ShieldCheck className="size-4 text-success-ink" aria-hidden="true" />
      </IconButton>
    )
  return (
    <button type="button" className="rounded-full" title={why} onClick={onOpen}>
      <Badge tone={verdictTones[verdict]}>
        {verdict === 'failed' ? <ShieldAlert className="size-3.5" aria-hidden="true" /> : null}
        {t(`agent.entry.verdict.${verdict}`)}
      </Badge>
    </button>
  )
}

/** The header block of the original, read from the file itself. */
function Headers({ href }: { href: string }) {
  const t = useT()
  const [text, setText] = useState<string | null>(null)
  useEffect(() => {
    let gone = false
    fetch(href)
      .then((answer) => (answer.ok ? answer.text() : Promise.reject(new Error(String(answer.status)))))
      .then((raw) => {
        if (!gone) setText(raw.split(/\r?\n\r?\n/, 1)[0] ?? '')
      })
      .catch(() => {
        if (!gone) toast({ text: t('errors.unavailable'), tone: 'danger' })
      })
    return () => {
      gone = true
    }
  }, [href, t])
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <pre tabIndex={0} className="max-h-[60vh] overflow-auto whitespace-pre-wrap rounded-base bg-sunken p-3 font-mono text-small">
      {text ?? t('common.loading')}
    </pre>
  )
}
