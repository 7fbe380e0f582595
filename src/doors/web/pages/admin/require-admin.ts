import { data, type RouterContextProvider, redirect } from 'react-router'
import type { z } from 'zod'
import type { Context } from '#core/context.ts'
import { ctxOf } from '../../context.ts'
import { answerForm, type ReadForm } from '../../forms.ts'

/**
 * The gate of every loader and action of the admin panel, each by itself: a loader can be asked for alone. Visitors are sent to
 * sign in; for everybody else the page does not exist.
 */
export function requireAdmin({ request, context }: { request: Request; context: Readonly<RouterContextProvider> }): Context {
  const ctx = ctxOf(context)
  if (ctx.actor.kind === 'agent' && ctx.actor.administrator) return ctx
  if (ctx.actor.kind === 'agent' || ctx.actor.kind === 'user') throw data(null, { status: 404 })
  const { pathname, search } = new URL(request.url)
  throw redirect(`/sign-in?next=${encodeURIComponent(pathname.replace(/\.data$/, '') + search)}`)
}

/** `answerForm` behind the same gate. */
export function adminForm<S extends z.ZodType, R>(
  args: { request: Request; context: Readonly<RouterContextProvider> },
  schema: S,
  act: (ctx: Context, input: z.output<S>, form: ReadForm<z.output<S>>) => Promise<R>,
  options: { maxBytes?: number } = {},
) {
  requireAdmin(args)
  return answerForm(args, schema, act, options)
}

/** The id that `?edit=` names, 'new' for a new one, else null. */
export function editOf(request: Request): number | 'new' | null {
  const value = new URL(request.url).searchParams.get('edit')
  if (value === 'new') return 'new'
  return value && /^\d{1,15}$/.test(value) ? Number(value) : null
}
