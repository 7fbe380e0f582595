import { Link } from 'react-router'
import { useT } from '#i18n/react.tsx'
import { whereMerged } from '#tickets/ticket-access.ts'
import { AskTicketLinkInput, askForTicketLink } from '#tickets/ticket-links.ts'
import { ctxOf, pageOf } from '../../context.ts'
import { answerForm } from '../../forms.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { Notice } from '../../ui/notice.tsx'
import { FormActions, Page, Stack } from '../../ui/page.tsx'
import type { Route } from './+types/check.ts'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

export async function loader({ request, context }: Route.LoaderArgs) {
  const query = new URL(request.url).searchParams
  const number = (query.get('number') ?? '').replace(/[^0-9A-Za-z-]/g, '').slice(0, 30)
  return {
    title: pageOf(context).t('portal.check.title'),
    number,
    linkGone: query.has('gone'),
    mergedInto: number ? await whereMerged(ctxOf(context), number) : null,
    address: ctxOf(context).actor.kind === 'user' ? (ctxOf(context).actor.address ?? '') : '',
    signedIn: ctxOf(context).actor.kind === 'user',
  }
}

export const action = (args: Route.ActionArgs) =>
  answerForm(args, AskTicketLinkInput, async (ctx, input) => {
    await askForTicketLink(ctx, input)
    return { sent: true }
  })

export default function Check({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  const { number, linkGone, mergedInto, address, signedIn } = loaderData
  if (actionData && 'sent' in actionData) {
    return (
      <Page width="narrow" title={t('portal.check.sentTitle')} intro={t('portal.check.sent')}>
        <ButtonLink to="/">{t('portal.nav.home')}</ButtonLink>
      </Page>
    )
  }
  return (
    <Page width="narrow" title={t('portal.check.title')} intro={t('portal.check.intro')}>
      {mergedInto ? (
        <Notice tone="info" className="mb-5" title={t('portal.merged.title', { number, into: mergedInto })}>
          {t('portal.merged.text')}
        </Notice>
      ) : null}
      {linkGone ? (
        <Notice tone="warning" className="mb-5" title={t('portal.linkGone.title')}>
          {t('portal.linkGone.text')}
        </Notice>
      ) : null}
      <Form answer={actionData}>
        <Stack>
          <TextField
            name="number"
            label={t('portal.check.number')}
            hint={t('portal.check.numberHint')}
            defaultValue={number}
            autoComplete="off"
            maxLength={30}
            required
          />
          <TextField
            name="email"
            type="email"
            label={t('portal.check.email')}
            defaultValue={address}
            autoComplete="email"
            required
          />
        </Stack>
        <FormActions>
          <Button type="submit" variant="primary">
            {t('portal.check.send')}
          </Button>
        </FormActions>
      </Form>
      {signedIn ? null : (
        <p className="mt-5 text-ink-muted">
          {t.rich('portal.check.orSignIn', {
            a: (chunks) => (
              <Link className="link" to={number ? `/sign-in?next=/tickets/${number}` : '/sign-in?next=/tickets'}>
                {chunks}
              </Link>
            ),
          })}
        </p>
      )}
    </Page>
  )
}
