import { z } from 'zod'
import { useT } from '#i18n/react.tsx'
import { askForFileLink, type FileLinkRef, showFileLink } from '#tickets/file-link.ts'
import { AskTicketLinkInput } from '#tickets/ticket-links.ts'
import { ctxOf, pageOf } from '../../context.ts'
import { answerForm, orRefuse } from '../../forms.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { fileSize } from '../../ui/file-size.ts'
import { Form } from '../../ui/form.tsx'
import { dateFormat } from '../../ui/formats.ts'
import { FormActions, Page } from '../../ui/page.tsx'
import type { Route } from './+types/file-link.ts'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }, { name: 'robots', content: 'noindex' }]

const refOf = (request: Request, id: string): FileLinkRef => {
  const query = new URL(request.url).searchParams
  return { file: Number(id), expires: Number(query.get('expires')), signature: query.get('signature') ?? '' }
}

/** A file's link in a mail: what it is, before it is fetched. No account and no script are needed. */
export async function loader({ request, params, context }: Route.LoaderArgs) {
  const ref = refOf(request, params.id)
  const ctx = ctxOf(context)
  const link = await orRefuse(showFileLink(ctx, ref))
  const { t, deskName, timeZone } = pageOf(context)
  return {
    title: link.file?.name ?? t('portal.fileLink.title'),
    state: link.state,
    file: link.file,
    number: link.number,
    desk: deskName,
    // A date: "next month" tells nobody until when.
    expires: dateFormat(ctx.locale, { day: 'numeric', month: 'long', year: 'numeric' }, timeZone).format(link.expires),
    download: `?expires=${ref.expires}&signature=${encodeURIComponent(ref.signature)}&download=1`,
  }
}

export const action = (args: Route.ActionArgs) =>
  answerForm(args, z.object({ email: AskTicketLinkInput.shape.email }), async (ctx, input) => {
    await askForFileLink(ctx, refOf(args.request, args.params.id), input)
    return { sent: true }
  })

export default function FileLinkPage({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  const { state, file, number, desk } = loaderData
  if (actionData && 'sent' in actionData)
    return (
      <Page width="narrow" title={t('portal.check.sentTitle')} intro={t('portal.check.sent')}>
        <ButtonLink to="/">{t('portal.nav.home')}</ButtonLink>
      </Page>
    )
  if (!file)
    return (
      <Page
        width="narrow"
        title={t('portal.linkGone.title')}
        intro={t(`portal.fileLink.${state === 'gone' ? 'gone' : 'expired'}`)}
      >
        {number === null ? (
          <ButtonLink to="/check">{t('portal.check.send')}</ButtonLink>
        ) : (
          <Form answer={actionData}>
            <TextField
              name="email"
              type="email"
              label={t('portal.check.email')}
              hint={t('portal.fileLink.emailHint', { number })}
              autoComplete="email"
              required
            />
            <FormActions>
              <Button type="submit" variant="primary">
                {t('portal.check.send')}
              </Button>
            </FormActions>
          </Form>
        )}
      </Page>
    )
  return (
    <Page width="narrow" title={file.name} intro={t('portal.fileLink.intro', { desk })}>
      <dl className="mb-6 grid grid-cols-[auto_1fr] gap-x-4 gap-y-1.5">
        <dt className="text-ink-muted">{t('portal.fileLink.size')}</dt>
        <dd>{fileSize(t, file.size)}</dd>
        {number === null ? null : (
          <>
            <dt className="text-ink-muted">{t('portal.fileLink.request')}</dt>
            <dd className="tabular">{number}</dd>
          </>
        )}
        <dt className="text-ink-muted">{t('portal.fileLink.expires')}</dt>
        <dd>{loaderData.expires}</dd>
      </dl>
      <ButtonLink to={loaderData.download} variant="primary" reloadDocument>
        {t('portal.fileLink.download')}
      </ButtonLink>
    </Page>
  )
}
