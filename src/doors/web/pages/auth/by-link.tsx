import { redirect, useRouteLoaderData } from 'react-router'
import { z } from 'zod'
import { useT } from '#i18n/react.tsx'
import { isLinkGood, signInByLink } from '#sign-in/mailed-links.ts'
import { ctxOf, pageOf } from '../../context.ts'
import { answerForm } from '../../forms.ts'
import type { RootData } from '../../root.tsx'
import { broughtToken, setSession } from '../../session-cookie.ts'
import { Button } from '../../ui/button.tsx'
import { Form } from '../../ui/form.tsx'
import { Page } from '../../ui/page.tsx'
import type { Route } from './+types/by-link.ts'
import { SpentLink } from './spent-link.tsx'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

export async function loader({ request, context }: Route.LoaderArgs) {
  const page = pageOf(context)
  const token = new URL(request.url).searchParams.get('token') ?? ''
  return {
    title: page.t('portal.byLink.title', { desk: page.deskName }),
    token,
    isGood: await isLinkGood(ctxOf(context), 'sign-in', token),
  }
}

export const action = (args: Route.ActionArgs) =>
  answerForm(args, z.object({ token: z.string() }), async (ctx, { token }) => {
    const session = await signInByLink(ctx, token, broughtToken(ctx, args.request))
    return redirect('/tickets', { headers: { 'Set-Cookie': setSession(ctx, session) } })
  })

export default function ByLink({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  const root = useRouteLoaderData('root') as RootData | undefined
  if (!loaderData.isGood) return <SpentLink again="/sign-in" />
  return (
    <Page width="narrow" title={t('portal.byLink.title', { desk: root?.deskName ?? '' })} intro={t('portal.byLink.text')}>
      <Form answer={actionData}>
        <input type="hidden" name="token" value={loaderData.token} />
        <Button type="submit" variant="primary">
          {t('portal.byLink.submit')}
        </Button>
      </Form>
    </Page>
  )
}
