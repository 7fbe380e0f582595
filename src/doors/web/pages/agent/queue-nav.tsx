import { PanelLeftClose, Plus, Search } from 'lucide-react'
import { Link, NavLink, useSearchParams } from 'react-router'
import { useT } from '#i18n/react.tsx'
import { useLiveState } from '../../live/use-live.tsx'
import { useAppearance } from '../../ui/appearance.tsx'
import { Avatar } from '../../ui/avatar.tsx'
import { Count, Dot } from '../../ui/badge.tsx'
import { Button, ButtonLink, IconButton } from '../../ui/button.tsx'
import { classNames } from '../../ui/class-names.ts'
import { TileMark } from '../../ui/mark.tsx'
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuLink, MenuSeparator } from '../../ui/menu.tsx'
import { useRunAct } from './acts.tsx'
import { FirstSteps } from './first-steps.tsx'
import { useFrame } from './frame-context.tsx'
import { InboxBell } from './inbox-bell.tsx'
import { PlatformKbd } from './platform-kbd.tsx'
import { queueName, queuePath } from './queue-name.ts'
import type { QueueView } from './view.ts'

/** The first pane: who one is, what one can start, and the queues with what waits in them. */
export function QueueNav({ deskName, onNavigate }: { deskName: string; onNavigate?: () => void }) {
  const t = useT()
  const { view } = useFrame()
  const run = useRunAct()
  const work = view.queues.filter((queue) => !queue.aside)
  const aside = view.queues.filter((queue) => queue.aside)
  return (
    <nav aria-label={t('agent.nav.label')} className="flex h-full min-h-0 flex-col">
      <div className="flex h-14 shrink-0 items-center gap-2 ps-3.5 pe-2">
        <TileMark />
        <Link to="/agent" onClick={onNavigate} className="min-w-0 flex-1 truncate rounded-small font-semibold">
          {deskName}
        </Link>
        {onNavigate ? null : (
          <IconButton label={t('agent.nav.hide')} size="small" onClick={() => run('toggle-queues')}>
            <PanelLeftClose className="size-4 rtl:-scale-x-100" aria-hidden="true" />
          </IconButton>
        )}
      </div>
      <div className="flex flex-col gap-1.5 px-3 pb-2">
        <Button
          className="justify-start! w-full text-ink-muted!"
          icon={<Search className="size-4" aria-hidden="true" />}
          onClick={() => {
            onNavigate?.()
            run('palette')
          }}
        >
          <span className="min-w-0 flex-1 truncate text-start font-normal">{t('agent.nav.find')}</span>
          <span aria-hidden="true" className="max-lg:hidden">
            <PlatformKbd keys="mod+k" />
          </span>
        </Button>
        {view.may.create ? (
          <ButtonLink
            to="/agent/tickets/new"
            variant="quiet"
            className="justify-start! w-full"
            icon={<Plus className="size-4" aria-hidden="true" />}
            {...(onNavigate ? { onClick: onNavigate } : {})}
          >
            {t('agent.nav.newTicket')}
          </ButtonLink>
        ) : null}
        <InboxBell onNavigate={onNavigate} />
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto px-2 pb-3">
        <ul>
          {work.map((queue) => (
            <QueueLink key={queue.key} queue={queue} onNavigate={onNavigate} />
          ))}
        </ul>
        {aside.length > 0 ? (
          <>
            <p className="mt-4 mb-1 px-2 text-ink-faint text-small">{t('agent.nav.places')}</p>
            <ul>
              <Suspended />
              {aside.map((queue) => (
                <QueueLink key={queue.key} queue={queue} onNavigate={onNavigate} />
              ))}
            </ul>
          </>
        ) : null}
      </div>
      <FirstSteps />
      <div className="flex h-12 shrink-0 items-center gap-2 border-line border-t px-3">
        <AccountMenu />
        <LiveMark />
      </div>
    </nav>
  )
}

function QueueLink({ queue, onNavigate }: { queue: QueueView; onNavigate?: (() => void) | undefined }) {
  const t = useT()
  const [search] = useSearchParams()
  // An opened ticket keeps the queue it was opened from.
  const held = search.get('queue') === queue.key
  const pressing = (queue.key === 'needs-reply' || queue.key === 'overdue') && (queue.count ?? 0) > 0
  return (
    <li>
      <NavLink
        to={queuePath(queue.key)}
        onClick={onNavigate}
        prefetch="intent"
        className={({ isActive }) =>
          classNames(
            'flex min-h-8 items-center gap-2 rounded-base px-2 pointer-coarse:min-h-10',
            isActive || held ? 'bg-selected font-medium text-ink' : 'text-ink-muted hover:bg-hover hover:text-ink',
          )
        }
        aria-current={held ? 'page' : undefined}
      >
        <span className="min-w-0 flex-1 truncate">{queueName(t, queue.key)}</span>
        {queue.count ? (
          <>
            <Count strong={pressing}>
              <span aria-hidden="true">{t('common.count', { count: queue.count })}</span>
            </Count>
            <span className="sr-only">{t('agent.queues.waitingCount', { count: queue.count })}</span>
          </>
        ) : null}
      </NavLink>
    </li>
  )
}

function LiveMark() {
  const t = useT()
  const state = useLiveState()
  const words = state === 'on' ? t('agent.nav.online') : state === 'off' ? t('agent.nav.offline') : t('agent.nav.connecting')
  return (
    <p role="status" className="ms-auto flex shrink-0 items-center gap-1.5 text-ink-faint text-small" title={words}>
      <Dot tone={state === 'on' ? 'success' : state === 'off' ? 'danger' : 'neutral'} />
      {/* That all is well needs no words for those who see the dot. */}
      <span className={state === 'on' ? 'sr-only' : undefined}>{words}</span>
    </p>
  )
}

function AccountMenu() {
  const t = useT()
  const { view } = useFrame()
  const run = useRunAct()
  const { appearance, change } = useAppearance()
  return (
    <Menu
      side="top"
      trigger={
        <button type="button" className="-ms-1 flex min-w-0 items-center gap-2 rounded-base p-1 hover:bg-hover">
          <Avatar name={view.me.name} />
          <span className="sr-only">{t('agent.nav.account')} </span>
          <span className="min-w-0 truncate">{view.me.name}</span>
        </button>
      }
    >
      <div className="px-2 py-1">
        <p className="truncate font-medium">{view.me.name}</p>
        <p className="truncate text-ink-faint text-small">{view.me.email}</p>
      </div>
      <MenuSeparator />
      <MenuLink to={<Link to="/agent/preferences" />}>{t('agent.nav.preferences')}</MenuLink>
      {view.me.administrator ? <MenuLink to={<Link to="/admin" />}>{t('agent.nav.admin')}</MenuLink> : null}
      <MenuLink to={<a href="/">{t('agent.nav.portal')}</a>}>{t('agent.nav.portal')}</MenuLink>
      <MenuItem onSelect={() => run('keys')} keys="?">
        {t('agent.nav.keys')}
      </MenuItem>
      <MenuSeparator />
      <MenuChoice
        label={t('agent.nav.theme')}
        value={appearance.theme}
        onChange={(theme) => change({ theme })}
        options={[
          { value: 'system', label: t('agent.nav.themes.system') },
          { value: 'light', label: t('agent.nav.themes.light') },
          { value: 'dark', label: t('agent.nav.themes.dark') },
        ]}
      />
      <MenuSeparator />
      <MenuLabel>{t('agent.nav.density')}</MenuLabel>
      <MenuChoice
        value={appearance.density}
        onChange={(density) => change({ density })}
        options={[
          { value: 'compact', label: t('agent.nav.densities.compact') },
          { value: 'normal', label: t('agent.nav.densities.normal') },
          { value: 'roomy', label: t('agent.nav.densities.roomy') },
        ]}
      />
      <MenuSeparator />
      <MenuItem onSelect={() => run('sign-out')}>{t('common.signOut')}</MenuItem>
    </Menu>
  )
}

/** How much mail waits for a decision. Administrators decide; managers see that there is something. */
function Suspended() {
  const t = useT()
  const { view } = useFrame()
  if (view.suspended === null) return null
  const inner = (
    <>
      <span className="min-w-0 flex-1 truncate">{t('agent.nav.suspended')}</span>
      {view.suspended > 0 ? <Count>{t('common.count', { count: view.suspended })}</Count> : null}
    </>
  )
  const shape = 'flex min-h-8 items-center gap-2 rounded-base px-2 pointer-coarse:min-h-10 text-ink-muted'
  return (
    <li>
      {view.me.administrator ? (
        // Another part of the desk, with a frame of its own.
        <a href="/admin/suspended" className={classNames(shape, 'hover:bg-hover hover:text-ink')}>
          {inner}
        </a>
      ) : (
        <span className={shape} title={t('agent.nav.suspendedHint')}>
          {inner}
        </span>
      )}
    </li>
  )
}
