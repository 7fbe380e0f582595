import { PassThrough } from 'node:stream'
import { createReadableStreamFromReadable } from '@react-router/node'
import { isbot } from 'isbot'
import { renderToPipeableStream } from 'react-dom/server'
import {
  type EntryContext,
  type HandleErrorFunction,
  isRouteErrorResponse,
  type RouterContextProvider,
  ServerRouter,
} from 'react-router'
import { ctxOf, pageOf } from './context.ts'
import { NonceContext } from './ui/nonce.ts'

/** How long a page may wait for its slow parts, in milliseconds. */
export const streamTimeout = 5_000

export default function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  routerContext: EntryContext,
  loadContext: RouterContextProvider,
): Promise<Response> | Response {
  if (request.method === 'HEAD') return new Response(null, { status, headers })
  const { nonce } = pageOf(loadContext)
  // A robot does not wait for a second helping.
  const whole = isbot(request.headers.get('user-agent') ?? '')
  return new Promise((resolve, reject) => {
    let sent = false
    let answer = status
    const answerNow = () => {
      sent = true
      const body = new PassThrough({
        final(callback) {
          clearTimeout(timer)
          callback()
        },
      })
      headers.set('Content-Type', 'text/html; charset=utf-8')
      resolve(new Response(createReadableStreamFromReadable(body), { status: answer, headers }))
      pipe(body)
    }
    const { pipe, abort } = renderToPipeableStream(
      <NonceContext value={nonce}>
        <ServerRouter context={routerContext} url={request.url} nonce={nonce} />
      </NonceContext>,
      {
        nonce,
        ...(whole ? { onAllReady: answerNow } : { onShellReady: answerNow }),
        onShellError: reject,
        onError(error) {
          answer = 500
          // Before the shell is out, React Router reports the error itself.
          if (sent) ctxOf(loadContext).log.error({ err: error, url: request.url }, 'a page failed while it was written')
        },
      },
    )
    const timer = setTimeout(abort, streamTimeout + 1_000)
  })
}

/** What a loader or an action threw by accident; answers of their own (404, 403) are no accident. */
export const handleError: HandleErrorFunction = (error, { request, context }) => {
  if (request.signal.aborted || isRouteErrorResponse(error)) return
  ctxOf(context).log.error({ err: error, method: request.method, url: request.url }, 'a page failed')
}
