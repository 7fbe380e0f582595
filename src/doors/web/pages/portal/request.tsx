import { redirect } from 'react-router'
import { z } from 'zod'
import { actByGrant } from '#access/act-by-grant.ts'
import { grantTicket, readSession, startSession } from '#access/sessions.ts'
import type { Context } from '#core/context.ts'
import { isAppError } from '#core/errors.ts'
import { type Attachment, signedFilePath } from '#files/attachments.ts'
import { useT } from '#i18n/react.tsx'
import type { Entry } from '#threads/entries.ts'
import { answerByPortal } from '#tickets/answer-by-portal.ts'
import { reopenAsCustomer, solveAsCustomer } from '#tickets/change-status.ts'
import { CustomerReplyInput } from '#tickets/customer-message.ts'
import { showRequest } from '#tickets/show-request.ts'
import { accessOwnTicket } from '#tickets/ticket-access.ts'
import { readTicketKey } from '#tickets/ticket-links.ts'
import { ctxOf, pageOf } from '../../context.ts'
import { answerForm } from '../../forms.ts'
import { incomingFiles, UPLOAD_TOTAL } from '../../incoming-files.ts'
import { richNodes } from '../../rich-nodes.ts'
import { broughtToken, setSession } from '../../session-cookie.ts'
import { Button } from '../../ui/button.tsx'
import { FileField, TextAreaField } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { Moment } from '../../ui/moment.tsx'
import { Notice } from '../../ui/notice.tsx'
import { FormActions, Stack } from '../../ui/page.tsx'
import type { Route } from './+types/request.ts'
import { DueTime } from './due-time.tsx'
import { type MessageView, RequestMessage } from './request-message.tsx'
import { StatusBadge } from './status-badge.tsx'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

const FILE_LINK_SECONDS = 3600

export async function loader({ request, params, context }: Route.LoaderArgs) {
  const ctx = ctxOf(context)
  const url = new URL(request.url)
  const key = url.searchParams.get('key')
  if (key !== null) throw await openByKey(ctx, request, params.number, key)
  if (ctx.actor.kind === 'agent') throw redirect(`/agent/tickets/${encodeURIComponent(params.number)}`)
  const found = await showRequest(ctx, params.number).catch((error) => {
    // Whether it does not exist or is not theirs reads the same, and the way on is the same.
    if (isAppError(error)) throw redirect(`/check?number=${encodeURIComponent(params.number)}`)
    throw error
  })
  if (found.number !== params.number) throw redirect(`/tickets/${found.number}`)
  const reader = await actByGrant(ctx, broughtToken(ctx, request), found.id)
  return {
    title: `${found.subject} · ${found.number}`,
    isGuest: ctx.actor.kind === 'guest',
    number: found.number,
    subject: found.subject,
    status: found.status,
    isDone: found.state === 'resolved' || found.state === 'closed',
    isClosed: found.state === 'closed',
    createdAt: found.createdAt.toISOString(),
    expectedAt: found.expectedAt?.toISOString() ?? null,
    copies: found.copies.map((copy) => copy.name),
    messages: found.entries.map(({ entry, attachments }) => messageView(reader, entry, attachments, pageOf(context).deskName)),
    done: ['sent', 'solved', 'reopened'].find((one) => url.searchParams.get('done') === one) ?? null,
    megabytes: Math.floor(ctx.site.limits.fileBytes / 1_048_576),
    uploadBytes: ctx.site.limits.fileBytes + UPLOAD_TOTAL,
  }
}

/** The key leaves the address at once, so that it stands in no history, bookmark or referrer. */
async function openByKey(ctx: Context, request: Request, number: string, key: string): Promise<Response> {
  const link = await readTicketKey(ctx, key)
  if (!link) return redirect(`/check?gone&number=${encodeURIComponent(number)}`)
  const clean = `/tickets/${encodeURIComponent(number)}`
  const grant = { ticket: link.ticketId, endUser: link.endUserId, token: link.id }
  const brought = broughtToken(ctx, request)
  const session = brought ? await readSession(ctx, brought) : null
  if (session) {
    await grantTicket(ctx, session, grant)
    return redirect(clean)
  }
  return redirect(clean, { headers: { 'Set-Cookie': setSession(ctx, await startSession(ctx, { grants: [grant] })) } })
}

function messageView(ctx: Context, entry: Entry, attachments: Attachment[], desk: string): MessageView {
  const composed = entry.channel !== 'email' && entry.bodyHtml !== null
  const html = entry.visibleHtml ?? entry.bodyHtml ?? ''
  const shown = new Set<number>()
  const withLinks = html.replace(/\bsrc="cid:attachment-(\d{1,15})"/gi, (whole, id: string) => {
    const file = attachments.find((one) => one.id === Number(id))
    if (!file) return whole
    shown.add(file.id)
    return `src="${signedFilePath(ctx, file, FILE_LINK_SECONDS).replaceAll('&', '&amp;')}"`
  })
  const byDesk = entry.kind === 'response'
  return {
    id: entry.id,
    byDesk,
    isYou: !byDesk && entry.author.id !== null && entry.author.id === ctx.actor.id,
    name: byDesk ? `${entry.author.name} · ${desk}` : entry.author.name,
    at: (entry.releasedAt ?? entry.createdAt).toISOString(),
    nodes: composed ? richNodes(withLinks) : null,
    text: composed ? '' : (entry.visibleText ?? entry.bodyText),
    quoted: quotedPart(entry),
    frame: !composed && entry.bodyHtml !== null,
    files: attachments
      .filter((file) => !shown.has(file.id) && !(file.isInline && file.contentId !== null && entry.bodyHtml !== null))
      .map((file) => ({ id: file.id, name: file.name, size: file.size, path: signedFilePath(ctx, file, FILE_LINK_SECONDS) })),
  }
}

/** What was folded: the history below the new words, or the whole text when they are woven into it. */
function quotedPart(entry: Entry): string | null {
  const visible = entry.visibleText?.trim()
  const whole = entry.bodyText.trim()
  if (visible === undefined || visible === whole) return null
  return (whole.startsWith(visible) ? whole.slice(visible.length) : whole).trim() || null
}

const Input = z.discriminatedUnion('act', [
  CustomerReplyInput.extend({ act: z.literal('reply') }),
  z.object({ act: z.literal('solve') }),
  z.object({ act: z.literal('reopen') }),
])

export async function action(args: Route.ActionArgs) {
  const { number } = args.params
  return answerForm(
    args,
    Input,
    async (visitor, input, form) => {
      const { id } = await accessOwnTicket(visitor, { number })
      const ctx = await actByGrant(visitor, broughtToken(visitor, args.request), id)
      if (input.act === 'solve') {
        await solveAsCustomer(ctx, { number })
        return redirect(`/tickets/${number}?done=solved`)
      }
      if (input.act === 'reopen') {
        await reopenAsCustomer(ctx, { number })
        return redirect(`/tickets/${number}?done=reopened`)
      }
      const answer = await answerByPortal(ctx, number, input, await incomingFiles(form.files('attachments')), form.submission)
      return redirect(`/tickets/${answer.number}?done=sent`)
    },
    { maxBytes: ctxOf(args.context).site.limits.fileBytes + UPLOAD_TOTAL },
  )
}

export default function RequestPage({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  const { number, status, isDone, messages, copies, done } = loaderData
  return (
    <div className="mx-auto w-full max-w-3xl px-4 py-6 sm:px-6 lg:py-8">
      <header className="mb-6">
        <p className="mb-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-ink-muted">
          <span className="tabular">{t('portal.ticket.number', { number })}</span>
          <StatusBadge status={status} />
        </p>
        <h1 className="wrap-anywhere font-semibold text-title">{loaderData.subject}</h1>
        <p className="mt-1 text-ink-muted">
          {t.rich('portal.ticket.opened', { at: () => <Moment at={loaderData.createdAt} /> })}
          {loaderData.expectedAt ? (
            <>
              {' '}
              ·{' '}
              {t.rich('portal.ticket.expect', {
                at: () => <DueTime at={loaderData.expectedAt ?? ''} isGuest={loaderData.isGuest} />,
              })}
            </>
          ) : null}
        </p>
        {copies.length > 0 ? <p className="text-ink-muted">{t('portal.ticket.copies', { names: copies.join(', ') })}</p> : null}
      </header>
      {done === 'sent' ? <Notice tone="success" live className="mb-5" title={t('portal.ticket.sent')} /> : null}
      {done === 'solved' && isDone ? <Notice tone="success" live className="mb-5" title={t('portal.ticket.solved')} /> : null}
      {done === 'reopened' && !isDone ? (
        <Notice tone="success" live className="mb-5" title={t('portal.ticket.reopened')} />
      ) : null}
      {isDone && done !== 'solved' && !loaderData.isClosed ? (
        <Notice
          className="mb-5"
          title={t('portal.ticket.solvedAsk')}
          action={
            <Button type="submit" form="status">
              {t('portal.ticket.notSolved')}
            </Button>
          }
        />
      ) : null}
      <section aria-label={t('portal.ticket.conversation')}>
        <ol className="flex flex-col gap-4">
          {messages.map((message) => (
            <li key={message.id}>
              <RequestMessage message={message} />
            </li>
          ))}
        </ol>
      </section>
      <section aria-labelledby="reply" className="mt-8 border-line border-t pt-6">
        <h2 id="reply" className="mb-3 font-semibold text-large">
          {t('portal.ticket.reply')}
        </h2>
        {loaderData.isClosed ? <p className="mb-3 text-ink-muted">{t('portal.ticket.replyClosed')}</p> : null}
        <Form answer={actionData} encType="multipart/form-data" data-upload-limit={loaderData.uploadBytes}>
          <input type="hidden" name="act" value="reply" />
          <Stack>
            <TextAreaField name="message" label={t('portal.ticket.reply')} labelHidden rows={6} required />
            <FileField
              name="attachments"
              label={t('portal.ticket.files')}
              optional={t('common.optional')}
              hint={t('portal.open.filesHint', { megabytes: loaderData.megabytes })}
            />
          </Stack>
          <FormActions>
            <Button type="submit" variant="primary">
              {t('portal.ticket.send')}
            </Button>
            {/* Of the form below: a button beside this one that does not send what was typed here. */}
            {isDone ? (
              loaderData.isClosed || done === 'solved' ? (
                <Button type="submit" form="status">
                  {t('portal.ticket.notSolved')}
                </Button>
              ) : null
            ) : (
              <Button type="submit" form="status">
                {t('portal.ticket.solve')}
              </Button>
            )}
          </FormActions>
        </Form>
        <Form id="status">
          <input type="hidden" name="act" value={isDone ? 'reopen' : 'solve'} />
        </Form>
      </section>
    </div>
  )
}
