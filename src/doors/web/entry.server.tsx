import { Writable } from 'node:stream'
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
      headers.set('Content-Type', 'text/html; charset=utf-8')
      const page = new PageBody(() => clearTimeout(timer))
      pipe(page)
      // Most pages are complete by now and leave in one piece; one that waits for something is streamed.
      setImmediate(() => resolve(new Response(page.take(), { status: answer, headers })))
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

/** Gathers what React writes in pieces of two kilobytes: a page that is complete costs one write instead of thirty. */
class PageBody extends Writable {
  readonly #chunks: Buffer[] = []
  readonly #ended: () => void
  #isComplete = false
  #reader: ReadableStreamDefaultController<Uint8Array> | null = null

  constructor(ended: () => void) {
    super()
    this.#ended = ended
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: () => void): void {
    if (this.#reader) this.#reader.enqueue(chunk)
    else this.#chunks.push(chunk)
    callback()
  }

  override _final(callback: () => void): void {
    this.#isComplete = true
    this.#ended()
    this.#reader?.close()
    callback()
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#ended()
    if (!this.#isComplete) this.#reader?.error(error ?? new Error('the page was given up'))
    callback(null)
  }

  /** The whole page when it is there, else what there is and the rest as it comes. */
  take(): Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> {
    const held = Buffer.concat(this.#chunks)
    if (this.#isComplete) return held
    return new ReadableStream<Uint8Array>({
      start: (reader) => {
        reader.enqueue(held)
        this.#reader = reader
      },
      cancel: () => {
        this.destroy()
      },
    })
  }
}

/** What a loader or an action threw by accident; answers of their own (404, 403) are no accident. */
export const handleError: HandleErrorFunction = (error, { request, context }) => {
  if (request.signal.aborted || isRouteErrorResponse(error)) return
  ctxOf(context).log.error({ err: error, method: request.method, url: request.url }, 'a page failed')
}
