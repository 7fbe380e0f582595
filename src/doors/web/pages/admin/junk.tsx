import { redirect } from 'react-router'
import { z } from 'zod'
import { JUNK_SHOWN, showJunk } from '#channels/junk.ts'
import type { Trouble } from '#channels/trouble.ts'
import { AppError, isAppError, notFound } from '#core/errors.ts'
import { useT } from '#i18n/react.tsx'
import { takeJunk } from '#intake/take-junk.ts'
import { pageOf } from '../../context.ts'
import { orRefuse } from '../../forms.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Form, FormMessage } from '../../ui/form.tsx'
import { numberFormat } from '../../ui/formats.ts'
import { Moment } from '../../ui/moment.tsx'
import { Notice } from '../../ui/notice.tsx'
import { useRequest } from '../../ui/request.tsx'
import type { Route } from './+types/junk.ts'
import { AdminPage } from './admin-page.tsx'
import { adminForm, requireAdmin } from './require-admin.ts'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

const idOf = (text: string | undefined): number => {
  if (!/^\d{1,15}$/.test(text ?? '')) throw notFound()
  return Number(text)
}

export async function loader(args: Route.LoaderArgs) {
  const ctx = requireAdmin(args)
  const { t } = pageOf(args.context)
  const junk = await orRefuse((async () => showJunk(ctx, idOf(args.params.mailbox)))())
  return {
    title: t('admin.junk.title', { address: junk.address }),
    mailbox: idOf(args.params.mailbox),
    trouble: junk.trouble && { text: t.at(`mail.trouble.${junk.trouble.key}`, junk.trouble.params), detail: junk.trouble.detail },
    mails: (junk.mails ?? []).map((mail) => ({
      ref: mail.ref,
      name: mail.name,
      address: mail.address,
      subject: mail.subject || t('admin.suspended.noSubject'),
      receivedAt: mail.receivedAt.toISOString(),
      size: mail.size,
    })),
  }
}

export const action = (args: Route.ActionArgs) =>
  adminForm(args, z.object({ act: z.enum(['take', 'trust']), ref: z.string().min(1).max(1000) }), async (ctx, { act, ref }) => {
    const mailbox = idOf(args.params.mailbox)
    try {
      const { moved } = await takeJunk(ctx, { mailbox, ref, trust: act === 'trust' })
      const done = act === 'trust' ? 'trusted' : 'taken'
      return redirect(`/admin/mailboxes/${mailbox}/junk?done=${moved ? done : `${done}-stays`}`)
    } catch (error) {
      if (!isAppError(error) || error.key !== 'mailServer') throw error
      const { key, params, detail } = error.detail as Trouble
      const words = pageOf(args.context).t.at(`mail.trouble.${key}`, params)
      const sentence = detail ? `${words} (${detail.slice(0, 200)})` : words
      throw new AppError('invalid', 'sentence', { params: { sentence }, cause: error })
    }
  })

export default function Junk({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  const { title, mailbox, mails, trouble } = loaderData
  return (
    <AdminPage
      title={title}
      intro={t('admin.junk.intro')}
      done={{
        taken: t('admin.junk.taken'),
        trusted: t('admin.junk.trusted'),
        'taken-stays': `${t('admin.suspended.taken')} ${t('admin.junk.stays')}`,
        'trusted-stays': `${t('admin.suspended.trusted')} ${t('admin.junk.stays')}`,
      }}
    >
      {actionData?.message ? <FormMessage>{actionData.message}</FormMessage> : null}
      {trouble ? (
        <Notice tone="danger" title={trouble.text}>
          {trouble.detail ? <p className="wrap-anywhere">{trouble.detail}</p> : null}
        </Notice>
      ) : mails.length === 0 ? (
        <EmptyState title={t('admin.junk.empty')} />
      ) : (
        <>
          <ul className="divide-y divide-line overflow-hidden rounded-base border border-line bg-surface">
            {mails.map((mail) => (
              <Mail key={mail.ref} mail={mail} />
            ))}
          </ul>
          {mails.length === JUNK_SHOWN ? (
            <p className="mt-2 text-ink-muted text-small">{t('admin.junk.newest', { count: JUNK_SHOWN })}</p>
          ) : null}
        </>
      )}
      <div className="mt-4 flex flex-wrap gap-2">
        <ButtonLink to={`/admin/mailboxes/${mailbox}/junk`}>{t('admin.junk.again')}</ButtonLink>
        <ButtonLink to={`/admin/mailboxes?edit=${mailbox}`} variant="quiet">
          {t('admin.junk.back')}
        </ButtonLink>
      </div>
    </AdminPage>
  )
}

const KILOBYTES: Intl.NumberFormatOptions = { style: 'unit', unit: 'kilobyte' }

type MailView = Awaited<ReturnType<typeof loader>>['mails'][number]

/** What it says to be and from whom, and what to do with it; one column on narrow screens. */
function Mail({ mail }: { mail: MailView }) {
  const t = useT()
  const { locale } = useRequest()
  return (
    <li className="flex flex-col gap-x-6 gap-y-2 px-4 py-3 lg:flex-row lg:items-start">
      <div className="min-w-0 flex-1">
        <p className="wrap-anywhere font-medium">{mail.subject}</p>
        <p className="wrap-anywhere">
          {mail.name && mail.address ? (
            <>
              {mail.name} <span className="text-ink-muted">{mail.address}</span>
            </>
          ) : (
            mail.name || mail.address || t('admin.suspended.unknownSender')
          )}
        </p>
        <p className="text-ink-muted text-small">
          <Moment at={mail.receivedAt} />
          {mail.size === null ? null : ` · ${numberFormat(locale, KILOBYTES).format(Math.ceil(mail.size / 1000))}`}
        </p>
      </div>
      <Form className="-ms-2.5 flex flex-wrap gap-2 max-lg:ms-0" aria-label={mail.subject}>
        <input type="hidden" name="ref" value={mail.ref} />
        <Button type="submit" size="small" name="act" value="take">
          {t('admin.suspended.take')}
        </Button>
        {mail.address ? (
          <Button type="submit" size="small" name="act" value="trust">
            {t('admin.suspended.takeAndTrust')}
          </Button>
        ) : null}
      </Form>
    </li>
  )
}
