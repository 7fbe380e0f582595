import { selfTestAnswer } from '#setup/self-test.ts'
import { ctxOf } from '../../context.ts'
import type { Route } from './+types/self-test.ts'

/** Proves to the desk itself that a public address leads here. */
export function loader({ request, context }: Route.LoaderArgs): Response {
  const nonce = new URL(request.url).searchParams.get('nonce') ?? ''
  if (!/^[\w-]{16,64}$/.test(nonce)) return new Response(null, { status: 404 })
  return new Response(selfTestAnswer(ctxOf(context), nonce), {
    headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' },
  })
}
