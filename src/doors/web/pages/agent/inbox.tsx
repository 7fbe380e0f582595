import { Check, Undo2 } from 'lucide-react'
import { Link, useFetcher, useSearchParams } from 'react-router'
import { z } from 'zod'
import { useT } from '#i18n/react.tsx'
import type { Translate } from '#i18n/translate.ts'
import { listNotifications, markAllRead, markNotification } from '#notifications/inbox.ts'
import { ctxOf, pageOf } from '../../context.ts'
import { answerForm, idField, orRefuse } from '../../forms.ts'
import { Dot } from '../../ui/badge.tsx'
import { Button, ButtonLink, IconButton } from '../../ui/button.tsx'
import { classNames } from '../../ui/class-names.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Form, FormGuard } from '../../ui/form.tsx'
import { Moment } from '../../ui/moment.tsx'
import { Page } from '../../ui/page.tsx'
import type { Route } from './+types/inbox.ts'
import { Shell } from './shell.tsx'

export async function loader({ context, request }: Route.LoaderArgs) {
  const ctx = ctxOf(context)
  const { t, deskName } = pageOf(context)
  const { searchParams } = new URL(request.url)
  const all = searchParams.get('view') === 'all'
  const page = await orRefuse(listNotifications(ctx, { unreadOnly: !all, cursor: searchParams.get('cursor') }))
  return {
    title: t('agent.title', { page: t('agent.inbox.title'), desk: deskName }),
    all,
    next: page.next,
    rows: page.rows.map((row) => ({ ...row, at: row.at.toISOString() })),
  }
}

export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title ?? 'Tessera' }]

const Input = z.discriminatedUnion('intent', [
  z.object({ intent: z.literal('read'), id: idField }),
  z.object({ intent: z.literal('unread'), id: idField }),
  z.object({ intent: z.literal('read-all'), upTo: z.coerce.number().int().min(0) }),
])

export const action = (args: Route.ActionArgs) =>
  answerForm(args, Input, async (ctx, input) => {
    if (input.intent === 'read-all') await markAllRead(ctx, input.upTo)
    else await markNotification(ctx, { id: input.id, read: input.intent === 'read' })
    return { done: true }
  })

type RowView = Awaited<ReturnType<typeof loader>>['rows'][number]

const sentence = (t: Translate, row: RowView): string => {
  const key = `agent.inbox.kinds.${row.kind}`
  return t.at(t.has(key) ? key : 'agent.inbox.kinds.other', { by: row.by || t('agent.inbox.desk') })
}

export default function Inbox({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  const { rows, all, next } = loaderData
  const newest = rows[0]?.id ?? 0
  const anyUnread = rows.some((row) => !row.isRead)
  const wrong = actionData && !('done' in actionData) ? actionData : null
  return (
    <Shell title={t('agent.inbox.title')}>
      <Page
        title={t('agent.inbox.title')}
        intro={t('agent.inbox.intro')}
        actions={
          anyUnread ? (
            <Form answer={wrong}>
              <input type="hidden" name="intent" value="read-all" />
              <input type="hidden" name="upTo" value={newest} />
              <Button type="submit" icon={<Check className="size-4" aria-hidden="true" />}>
                {t('agent.inbox.markAll')}
              </Button>
            </Form>
          ) : undefined
        }
      >
        <nav aria-label={t('agent.inbox.views')} className="flex gap-4 border-line border-b">
          <View to="?" current={!all}>
            {t('agent.inbox.unread')}
          </View>
          <View to="?view=all" current={all}>
            {t('agent.inbox.all')}
          </View>
          <Link to="/agent/preferences#told" className="link ms-auto self-center">
            {t('agent.inbox.settings')}
          </Link>
        </nav>
        {rows.length === 0 ? (
          <EmptyState
            title={all ? t('agent.inbox.noneEver') : t('agent.inbox.none')}
            action={all ? undefined : <ButtonLink to="?view=all">{t('agent.inbox.all')}</ButtonLink>}
          >
            {t('agent.inbox.noneText')}
          </EmptyState>
        ) : (
          <ul>
            {rows.map((row) => (
              <Line key={row.id} row={row} />
            ))}
          </ul>
        )}
        {next ? <Older cursor={next} /> : null}
      </Page>
    </Shell>
  )
}

function View({ to, current, children }: { to: string; current: boolean; children: string }) {
  return (
    <Link
      to={to}
      aria-current={current ? 'page' : undefined}
      className={classNames(
        '-mb-px flex min-h-9 items-center whitespace-nowrap border-b-2',
        current ? 'border-accent font-medium text-ink' : 'border-transparent text-ink-muted hover:text-ink',
      )}
    >
      {children}
    </Link>
  )
}

function Older({ cursor }: { cursor: string }) {
  const t = useT()
  const [search] = useSearchParams()
  const to = new URLSearchParams(search)
  to.set('cursor', cursor)
  return (
    <div className="flex justify-center p-4">
      <ButtonLink to={`?${to}`}>{t('agent.inbox.more')}</ButtonLink>
    </div>
  )
}

/** Where a line leads: its ticket, or the place where the trouble is mended. */
const placeOf = (row: RowView): string =>
  row.ticket
    ? `/agent/tickets/${row.ticket.number}`
    : row.subject.kind === 'mailbox'
      ? '/admin/mailboxes'
      : row.kind === 'loop_stopped'
        ? '/admin/senders'
        : row.subject.kind === 'message'
          ? '/admin/log'
          : row.subject.kind === 'fuse'
            ? '/admin/senders'
            : '/agent/inbox?view=all'

function Line({ row }: { row: RowView }) {
  const t = useT()
  const marking = useFetcher()
  const busy = marking.formData?.get('id') === String(row.id)
  const isRead = busy ? marking.formData?.get('intent') === 'read' : row.isRead
  const what = sentence(t, row)
  const act = isRead ? t('agent.inbox.markUnread') : t('agent.inbox.markRead')
  return (
    <li className="group relative flex items-start gap-3 border-line border-b py-3 ps-1 pe-2 hover:bg-hover">
      <span className="flex h-5 w-3 shrink-0 items-center justify-center">
        {isRead ? null : <Dot label={t('agent.inbox.isUnread')} />}
      </span>
      <div className="min-w-0 flex-1">
        <p className="flex items-baseline gap-2">
          <Link
            to={placeOf(row)}
            className={classNames('min-w-0 truncate after:absolute after:inset-0', isRead ? 'text-ink-muted' : 'font-medium')}
          >
            {what}
          </Link>
          <Moment at={row.at} style="short" className="ms-auto shrink-0 text-ink-faint text-small" />
        </p>
        {row.ticket ? (
          <p className="truncate">
            <span className="tabular text-ink-faint">{row.ticket.number}</span> {row.ticket.subject}
          </p>
        ) : null}
        {row.excerpt ? <p className="truncate text-ink-muted">{row.excerpt}</p> : null}
      </div>
      <marking.Form method="post" className="relative shrink-0">
        <FormGuard />
        <input type="hidden" name="id" value={row.id} />
        <IconButton
          type="submit"
          name="intent"
          value={isRead ? 'unread' : 'read'}
          size="small"
          title={act}
          label={t('agent.inbox.markOf', { act, what: row.ticket ? `${row.ticket.number}, ${what}` : what })}
        >
          {isRead ? <Undo2 className="size-4" aria-hidden="true" /> : <Check className="size-4" aria-hidden="true" />}
        </IconButton>
      </marking.Form>
    </li>
  )
}
