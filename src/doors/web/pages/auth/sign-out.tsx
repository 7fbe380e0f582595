import { redirect } from 'react-router'
import { z } from 'zod'
import { signOut } from '#sign-in/sign-in.ts'
import { answerForm } from '../../forms.ts'
import { broughtToken, setSession } from '../../session-cookie.ts'
import type { Route } from './+types/sign-out.ts'

export const loader = () => redirect('/')

/** A link must not sign anybody out: only a form with its token does. */
export async function action(args: Route.ActionArgs) {
  const answer = await answerForm(args, z.object({}), async (ctx) => {
    const token = broughtToken(ctx, args.request)
    if (token) await signOut(ctx, token)
    return redirect('/', { headers: { 'Set-Cookie': setSession(ctx, null) } })
  })
  return answer instanceof Response ? answer : redirect('/')
}
