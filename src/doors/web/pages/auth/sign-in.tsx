import { Link, redirect, useSearchParams } from 'react-router'
import { z } from 'zod'
import { useT } from '#i18n/react.tsx'
import { readSettings } from '#settings/settings.ts'
import { AskLinkInput, askForSignInLink } from '#sign-in/mailed-links.ts'
import { signIn } from '#sign-in/sign-in.ts'
import { ctxOf, pageOf } from '../../context.ts'
import { answerForm } from '../../forms.ts'
import { localPath } from '../../local-path.ts'
import { broughtToken, setSession } from '../../session-cookie.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { Page, Stack } from '../../ui/page.tsx'
import type { Route } from './+types/sign-in.ts'
import { LookIntoMail } from './look-into-mail.tsx'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

export async function loader({ request, context }: Route.LoaderArgs) {
  const ctx = ctxOf(context)
  const next = localPath(new URL(request.url).searchParams.get('next'), '')
  if (ctx.actor.kind === 'agent') throw redirect(next || '/agent')
  if (ctx.actor.kind === 'user') throw redirect(next || '/tickets')
  const settings = await readSettings(ctx)
  return { title: pageOf(context).t('portal.signIn.title'), registration: settings['portal.registration'] }
}

const Input = z
  .object({
    how: z.enum(['password', 'link']).default('password'),
    email: AskLinkInput.shape.email,
    password: z.string().max(1000).default(''),
    next: z.string().optional(),
  })
  .refine((input) => input.how === 'link' || input.password !== '', { path: ['password'], params: { key: 'required' } })

export const action = (args: Route.ActionArgs) =>
  answerForm(args, Input, async (ctx, { how, next, ...input }) => {
    if (how === 'link') {
      await askForSignInLink(ctx, input)
      return { linkSent: true }
    }
    const session = await signIn(ctx, input, broughtToken(ctx, args.request))
    return redirect(localPath(next, session.as === 'agent' ? '/agent' : '/tickets'), {
      headers: { 'Set-Cookie': setSession(ctx, session) },
    })
  })

export default function SignIn({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  const [query] = useSearchParams()
  if (actionData && 'linkSent' in actionData) return <LookIntoMail text={t('portal.signIn.linkSent.text')} />
  return (
    <Page width="narrow" title={t('portal.signIn.title')} intro={t('portal.signIn.intro')}>
      <Form answer={actionData}>
        <input type="hidden" name="next" value={query.get('next') ?? ''} />
        <Stack>
          <TextField name="email" type="email" label={t('portal.signIn.email')} autoComplete="username" required />
          <TextField name="password" type="password" label={t('portal.signIn.password')} autoComplete="current-password" />
          <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
            <Button type="submit" variant="primary" name="how" value="password">
              {t('portal.signIn.submit')}
            </Button>
            <Link to="/sign-in/forgot" className="link">
              {t('portal.signIn.forgot')}
            </Link>
          </div>
        </Stack>
        <div className="mt-6 flex flex-col items-start gap-2 border-line border-t pt-5">
          <p className="text-ink-muted">{t('portal.signIn.linkHint')}</p>
          <Button type="submit" name="how" value="link">
            {t('portal.signIn.link')}
          </Button>
        </div>
      </Form>
      {loaderData.registration ? (
        <p className="mt-5">
          <Link to="/sign-in/register" className="link">
            {t('portal.signIn.register')}
          </Link>
        </p>
      ) : null}
    </Page>
  )
}
