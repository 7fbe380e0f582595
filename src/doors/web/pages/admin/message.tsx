import { Link, redirect } from 'react-router'
import { z } from 'zod'
import { retryOutbound } from '#channels/mail-log.ts'
import { resendOutbound, showOutbound } from '#channels/outbound-log.ts'
import { notFound } from '#core/errors.ts'
import { useT } from '#i18n/react.tsx'
import { pageOf } from '../../context.ts'
import { orRefuse } from '../../forms.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Form, FormMessage } from '../../ui/form.tsx'
import { Moment } from '../../ui/moment.tsx'
import { Facts } from '../../ui/page.tsx'
import { Cell, Head, Row, Table } from '../../ui/table.tsx'
import type { Route } from './+types/message.ts'
import { AdminPage } from './admin-page.tsx'
import { failureText } from './mail-words.ts'
import { adminForm, requireAdmin } from './require-admin.ts'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

const say = (people: readonly { name: string; address: string }[]): string =>
  people.map(({ name, address }) => (name ? `${name} <${address}>` : address)).join(', ')

const idOf = (text: string | undefined): number => {
  if (!/^\d{1,15}$/.test(text ?? '')) throw notFound()
  return Number(text)
}

export async function loader(args: Route.LoaderArgs) {
  const ctx = requireAdmin(args)
  const { t } = pageOf(args.context)
  const found = await orRefuse((async () => showOutbound(ctx, idOf(args.params.message)))())
  const iso = (at: Date | null): string | null => at?.toISOString() ?? null
  return {
    title: t('admin.log.message', { id: found.id }),
    id: found.id,
    kind: found.kind,
    state: found.state,
    ticket: found.ticket,
    mailbox: found.mailbox,
    messageId: found.messageId,
    from: say([found.from]),
    replyTo: found.replyTo ? say([found.replyTo]) : '',
    to: say(found.to),
    cc: say(found.cc),
    subject: found.subject,
    createdAt: iso(found.createdAt)!,
    sendsAt: found.state === 'waiting' || found.state === 'held' ? iso(found.sendsAt) : null,
    sentAt: iso(found.sentAt),
    failure: failureText(t, found.failure),
    response: found.response,
    refused: found.refused,
    files: found.files,
    tries: found.tries.map((one) => ({
      at: iso(one.at)!,
      state: one.state,
      failure: failureText(t, one.failure),
      answer: one.answer,
    })),
    resendOf: found.resendOf,
    resentAs: found.resentAs,
    canTry: found.state === 'held' || found.state === 'failed' || (found.state === 'waiting' && found.attempts > 0),
    canResend: found.state === 'sent' || found.state === 'failed',
  }
}

export const action = (args: Route.ActionArgs) =>
  adminForm(args, z.object({ intent: z.enum(['retry', 'resend']) }), async (ctx, { intent }) => {
    const id = idOf(args.params.message)
    if (intent === 'retry') {
      await retryOutbound(ctx, id)
      return redirect(`/admin/log/${id}?done=retried`)
    }
    await resendOutbound(ctx, id)
    return redirect(`/admin/log/${id}?done=resent`)
  })

export default function Message({ loaderData: one, actionData }: Route.ComponentProps) {
  const t = useT()
  const tone = one.state === 'sent' ? 'success' : one.state === 'failed' ? 'danger' : one.state === 'held' ? 'warning' : 'neutral'
  return (
    <AdminPage
      title={one.subject || t('admin.suspended.noSubject')}
      intro={one.title}
      done={{ retried: t('admin.log.retried'), resent: t('admin.log.resent') }}
      actions={
        <>
          <ButtonLink to="/admin/log?way=outbound" variant="quiet">
            {t('admin.log.back')}
          </ButtonLink>
          {one.canTry ? (
            <Form>
              <input type="hidden" name="intent" value="retry" />
              <Button type="submit">{t('admin.log.tryNow')}</Button>
            </Form>
          ) : null}
          {one.canResend ? (
            <Form>
              <input type="hidden" name="intent" value="resend" />
              <Button type="submit" title={t('admin.log.resendHint')}>
                {t('admin.log.resend')}
              </Button>
            </Form>
          ) : null}
        </>
      }
    >
      {actionData?.message ? <FormMessage>{actionData.message}</FormMessage> : null}
      <Facts
        items={[
          {
            label: t('admin.log.state'),
            value: (
              <>
                <Badge tone={tone}>{t(`admin.log.states.${one.state}`)}</Badge> {one.failure}
              </>
            ),
          },
          { label: t('admin.log.kind'), value: t(`admin.log.kinds.${one.kind}`) },
          { label: t('admin.log.from'), value: one.from },
          { label: t('admin.log.to'), value: one.to },
          ...(one.cc ? [{ label: t('admin.log.cc'), value: one.cc }] : []),
          ...(one.replyTo
            ? [{ label: t('admin.log.replyTo'), value: <span className="wrap-anywhere">{one.replyTo}</span> }]
            : []),
          ...(one.mailbox ? [{ label: t('admin.log.mailbox'), value: one.mailbox }] : []),
          ...(one.ticket
            ? [
                {
                  label: t('admin.log.ticket'),
                  value: (
                    <Link className="link tabular" to={`/agent/tickets/${one.ticket}`}>
                      #{one.ticket}
                    </Link>
                  ),
                },
              ]
            : []),
          { label: t('admin.log.written'), value: <Moment at={one.createdAt} /> },
          ...(one.sendsAt ? [{ label: t('admin.log.leaves'), value: <Moment at={one.sendsAt} /> }] : []),
          ...(one.sentAt ? [{ label: t('admin.log.left'), value: <Moment at={one.sentAt} /> }] : []),
          ...(one.response ? [{ label: t('admin.log.answer'), value: one.response }] : []),
          ...(one.refused.length > 0 ? [{ label: t('admin.log.refused'), value: one.refused.join('; ') }] : []),
          ...(one.files.length > 0 ? [{ label: t('admin.log.files'), value: one.files.join(', ') }] : []),
          { label: t('admin.log.messageId'), value: <span className="wrap-anywhere">{one.messageId}</span> },
          ...(one.resendOf === null ? [] : [{ label: t('admin.log.resendOf'), value: <MessageLink id={one.resendOf} /> }]),
          ...(one.resentAs.length > 0
            ? [{ label: t('admin.log.resentAs'), value: one.resentAs.map((id) => <MessageLink key={id} id={id} />) }]
            : []),
        ]}
      />
      <h2 className="mt-8 mb-2 font-semibold text-large">{t('admin.log.tries')}</h2>
      {one.tries.length === 0 ? (
        <p className="text-ink-muted">{t('admin.log.noTries')}</p>
      ) : (
        <Table
          caption={t('admin.log.tries')}
          head={
            <>
              <Head>{t('admin.log.at')}</Head>
              <Head>{t('admin.log.state')}</Head>
              <Head>{t('admin.log.answer')}</Head>
            </>
          }
        >
          {one.tries.map((attempt) => (
            <Row key={attempt.at + attempt.state}>
              <Cell className="whitespace-nowrap text-ink-muted">
                <Moment at={attempt.at} />
              </Cell>
              <Cell>{t.at(`admin.log.states.${attempt.state}`)}</Cell>
              <Cell className="wrap-anywhere">
                {attempt.failure}
                {attempt.answer ? <span className="block text-ink-muted text-small">{attempt.answer}</span> : null}
              </Cell>
            </Row>
          ))}
        </Table>
      )}
    </AdminPage>
  )
}

function MessageLink({ id }: { id: number }) {
  const t = useT()
  return (
    <Link className="link me-2" to={`/admin/log/${id}`}>
      {t('admin.log.message', { id })}
    </Link>
  )
}
