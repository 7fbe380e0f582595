import { type MiddlewareFunction, redirect } from 'react-router'
import { ctxOf } from '../../context.ts'

/** Whoever is not signed in as an agent is asked to, and comes back to where they wanted. For every route of the workspace. */
export const requireAgent: MiddlewareFunction<Response> = ({ request, context }) => {
  if (ctxOf(context).actor.kind === 'agent') return
  const url = new URL(request.url)
  const wanted = request.method === 'GET' ? url.pathname.replace(/\.data$/, '') + url.search : '/agent'
  throw redirect(`/sign-in?next=${encodeURIComponent(wanted)}`)
}
