import { data, redirect } from 'react-router'
import { z } from 'zod'
import { type DemoRole, demoRoles } from '#demo/demo-desk.ts'
import { accessDemo, lookAs, roleOf } from '#demo/look-as.ts'
import { signOut } from '#sign-in/sign-in.ts'
import { ctxOf } from '../../context.ts'
import { answerForm, orRefuse } from '../../forms.ts'
import { broughtToken, setSession } from '../../session-cookie.ts'
import type { Route } from './+types/look-as.ts'

const places: Record<DemoRole, string> = { agent: '/agent', lead: '/agent', administrator: '/admin', customer: '/tickets' }

/** A link must not sign anybody in: only a form of this very desk does. */
export async function loader({ context }: Route.LoaderArgs) {
  await orRefuse((async () => accessDemo(ctxOf(context)))())
  return redirect('/')
}

export async function action(args: Route.ActionArgs) {
  const { world } = await orRefuse((async () => accessDemo(ctxOf(args.context)))())
  const answer = await answerForm(args, z.object({ role: z.enum([...demoRoles, 'start']) }), async (ctx, { role }) => {
    const place = role === 'start' ? `/agent/tickets/${world.startHere}` : places[role]
    const now = roleOf(ctx, world)
    if (role === 'start' && now !== null && now !== 'customer') return redirect(place)
    const session = await lookAs(ctx, role === 'start' ? 'agent' : role)
    const before = broughtToken(ctx, args.request)
    if (before) await signOut(ctx, before)
    return redirect(place, { headers: { 'Set-Cookie': setSession(ctx, session) } })
  })
  if (answer instanceof Response) return answer
  throw data(null, { status: answer.init?.status ?? 422 })
}
