import { Worker } from 'node:worker_threads'
import { cutQuote } from './cut-quote.ts'
import { type MailDefectCode, type MailLimits, unreadableMail } from './inbound-mail.ts'
import { type PackedMail, type ReadMail, readMail, unpackMail } from './packed-mail.ts'

export type ParsePool = {
  /** The mail, and what is new in it. Never rejects: a mail that takes too long or too much memory comes back with that defect and nothing else. */
  parse(raw: Uint8Array): Promise<ReadMail>
  /** Ends the threads; mails in work come back with a defect. */
  close(): Promise<void>
}

export type ParsePoolOptions = {
  /** The built parse-worker.js. Without it mails are parsed on the calling thread (small commands). */
  script?: URL | string
  /** Default 1. A thread is started when the first mail needs it. */
  threads?: number
  /** For one mail, from when its thread begins with it. Default 20 000. */
  timeoutMs?: number
  /** Heap of one thread. Default 512. */
  memoryMb?: number
  /**
   * Mails up to this size are parsed on the calling thread, where they cost a tenth of a millisecond and a thread's errand four: so little text cannot hold
   * anybody up. Default 16 384 octets.
   */
  inlineBytes?: number
  limits?: MailLimits
}

type Task = { raw: Uint8Array; done: (mail: ReadMail) => void }
type Thread = { worker: Worker; task: Task | null; timer: NodeJS.Timeout | null }

/**
 * Parses all but small mails, and cuts their quotes, on worker threads, one mail a thread at a time, so that a hostile mail can cost its own time and memory but nobody else's: a thread that
 * overruns either is ended and replaced. The raw octets are copied once, results are handed over without a copy.
 */
export function openParsePool(options: ParsePoolOptions = {}): ParsePool {
  const { script, threads: size = 1, timeoutMs = 20_000, memoryMb = 512, inlineBytes = 16_384, limits } = options
  if (script === undefined) {
    return { parse: async (raw) => readMail(raw, limits), close: async () => {} }
  }
  const threads = new Set<Thread>()
  const waiting: Task[] = []
  let closed = false

  const finish = (thread: Thread, mail: ReadMail): void => {
    const task = thread.task
    thread.task = null
    if (thread.timer) clearTimeout(thread.timer)
    thread.timer = null
    thread.worker.unref()
    task?.done(mail)
  }
  const fail = (thread: Thread, code: MailDefectCode, detail: string): void => {
    threads.delete(thread)
    if (thread.task) finish(thread, unreadable(thread.task.raw, code, detail))
    void thread.worker.terminate()
    pump()
  }
  const start = (): Thread => {
    const worker = new Worker(script, {
      workerData: { limits },
      resourceLimits: { maxOldGenerationSizeMb: memoryMb, stackSizeMb: 4 },
    })
    const thread: Thread = { worker, task: null, timer: null }
    worker.on('message', (answer: { packed: PackedMail }) => {
      finish(thread, unpackMail(answer.packed))
      pump()
    })
    worker.on('error', (error: Error & { code?: string }) => {
      const memory = error.code === 'ERR_WORKER_OUT_OF_MEMORY'
      fail(thread, memory ? 'out_of_memory' : 'parser_failed', memory ? `more than ${memoryMb} MB` : error.message.slice(0, 300))
    })
    worker.on('exit', () => {
      if (threads.has(thread)) fail(thread, 'parser_failed', 'the thread ended')
    })
    worker.unref()
    threads.add(thread)
    return thread
  }
  const pump = (): void => {
    while (waiting.length && !closed) {
      const thread = [...threads].find((one) => one.task === null) ?? (threads.size < size ? start() : null)
      if (!thread) return
      const task = waiting.shift() as Task
      thread.task = task
      // Only a thread at work keeps the process alive.
      thread.worker.ref()
      thread.timer = setTimeout(() => fail(thread, 'took_too_long', `more than ${timeoutMs} ms`), timeoutMs)
      const copy = new Uint8Array(task.raw).buffer
      thread.worker.postMessage({ raw: copy }, [copy])
    }
  }

  return {
    parse: (raw) =>
      new Promise((resolve) => {
        if (!closed && raw.byteLength <= inlineBytes) {
          resolve(readMail(raw, limits))
          return
        }
        if (closed) {
          resolve(unreadable(raw, 'parser_failed', 'the parser is closed'))
          return
        }
        waiting.push({ raw, done: resolve })
        pump()
      }),
    async close() {
      closed = true
      for (const task of waiting.splice(0)) task.done(unreadable(task.raw, 'parser_failed', 'the parser is closed'))
      const open = [...threads]
      threads.clear()
      for (const thread of open)
        if (thread.task) finish(thread, unreadable(thread.task.raw, 'parser_failed', 'the parser is closed'))
      await Promise.all(open.map((thread) => thread.worker.terminate()))
    },
  }
}

function unreadable(raw: Uint8Array, code: MailDefectCode, detail: string): ReadMail {
  const mail = unreadableMail(raw.byteLength, { code, detail })
  return { ...mail, cut: cutQuote(mail) }
}
