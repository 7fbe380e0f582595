import { redirect } from 'react-router'
import { useT } from '#i18n/react.tsx'
import { readSetup } from '#setup/set-up.ts'
import { ctxOf, pageOf } from '../../context.ts'
import { ButtonLink } from '../../ui/button.tsx'
import type { Route } from './+types/start.ts'
import { setupCookie, setupToken } from './setup-link.ts'
import { StepPage } from './step-page.tsx'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

export async function loader({ request, context }: Route.LoaderArgs) {
  const ctx = ctxOf(context)
  const given = new URL(request.url).searchParams.get('token')
  const state = await readSetup(ctx, given ?? setupToken(ctx, request))
  if (state.isComplete && ctx.actor.kind === 'agent') throw redirect('/agent')
  if (!state.isComplete && state.isAllowed) {
    throw redirect('/setup/desk', given ? { headers: { 'Set-Cookie': setupCookie(ctx, given) } } : undefined)
  }
  // Somebody found the address before the link, or the desk is at work already.
  const notYet = !state.isComplete && !state.hasAdministrator && given === null
  return { title: pageOf(context).t(notYet ? 'setup.notYet.title' : 'setup.closed.title'), notYet }
}

export default function Start({ loaderData }: Route.ComponentProps) {
  const t = useT()
  if (loaderData.notYet) return <StepPage title={t('setup.notYet.title')} intro={t('setup.notYet.text')} />
  return (
    <StepPage title={t('setup.closed.title')} intro={t('setup.closed.text')}>
      <ButtonLink to="/sign-in?next=/setup">{t('setup.closed.signIn')}</ButtonLink>
    </StepPage>
  )
}
