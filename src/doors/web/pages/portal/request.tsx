import { redirect } from 'react-router'
import { z } from 'zod'
import { actByGrant } from '#access/act-by-grant.ts'
import { grantTicket, readSession, startSession } from '#access/sessions.ts'
import type { Context } from '#core/context.ts'
import { isAppError } from '#core/errors.ts'
import { useT } from '#i18n/react.tsx'
import { answerByPortal } from '#tickets/answer-by-portal.ts'
import { reopenAsCustomer, solveAsCustomer } from '#tickets/change-status.ts'
import { CustomerReplyInput } from '#tickets/customer-message.ts'
import { showRequest } from '#tickets/show-request.ts'
import { accessOwnTicket } from '#tickets/ticket-access.ts'
import { readTicketKey } from '#tickets/ticket-links.ts'
import { ctxOf, pageOf } from '../../context.ts'
import { answerForm } from '../../forms.ts'
import { incomingFiles, UPLOAD_TOTAL } from '../../incoming-files.ts'
import { broughtToken, setSession } from '../../session-cookie.ts'
import { Button } from '../../ui/button.tsx'
import { FileField, TextAreaField } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { Notice } from '../../ui/notice.tsx'
import { FormActions, Stack } from '../../ui/page.tsx'
import type { Route } from './+types/request.ts'
import { messageView } from './message-view.ts'
import { RequestHeader } from './request-header.tsx'
import { RequestMessage } from './request-message.tsx'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

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
    messages: found.entries.map(({ entry, attachments }) =>
      messageView(reader, entry, attachments, {
        desk: pageOf(context).deskName,
        reader: reader.actor.id,
        frames: '/tickets/entries',
      }),
    ),
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
  const { isDone, messages, done } = loaderData
  return (
    <div className="mx-auto w-full max-w-3xl px-4 py-6 sm:px-6 lg:py-8">
      <RequestHeader request={loaderData} />
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
