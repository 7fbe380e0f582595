import { createHash } from 'node:crypto'
import type { Duplex } from 'node:stream'
import pg from 'pg'
import { Later } from './later.ts'

/** A statement is prepared once a process has sent it this often: what is sent once is not worth a plan that is kept. */
const AFTER = 3
/** Plans kept per connection at most; lists of changing length would otherwise fill the server's memory. */
const MOST = 250
const WATCHED = 2_000

const seen = new Map<string, number>()
const names = new Map<string, string>()

/** The name under which a statement is prepared, or undefined while it is not (yet). */
export function preparedName(text: string): string | undefined {
  const known = names.get(text)
  if (known) return known
  if (names.size >= MOST || text.length < 40) return undefined
  const count = (seen.get(text) ?? 0) + 1
  if (count < AFTER) {
    if (seen.size >= WATCHED) seen.clear()
    seen.set(text, count)
    return undefined
  }
  seen.delete(text)
  const name = `t${createHash('sha256').update(text).digest('hex').slice(0, 20)}`
  names.set(text, name)
  return name
}

/** PostgreSQL's text holds no NUL; an address or a search that carries one finds nothing, instead of failing. */
const storable = (value: unknown): unknown =>
  typeof value === 'string' && value.includes('\u0000') ? value.replaceAll('\u0000', '\ufffd') : value

type Statement = { text: string; values: unknown[]; name?: string }

const statementOf = (text: string, values: readonly unknown[]): Statement => {
  const clean = values.map(storable)
  const name = preparedName(text)
  return name ? { name, text, values: clean } : { text, values: clean }
}

const nothing = (command: string) => Promise.resolve({ command, rowCount: 0, rows: [], fields: [] })

/**
 * A client that sends what comes again and again as a prepared statement, so that the server parses and plans it once a
 * connection (measured: a third of the server's time for a new ticket). A pooler between us and PostgreSQL must know prepared
 * statements (PgBouncer 1.21 or newer).
 *
 * It also saves ways to the server, by the extended protocol's pipelining: BEGIN travels with the first statement after it, and
 * statements that end in a `Later` with the next one, or with COMMIT. The server still runs one after the other. When one of them
 * fails, what travelled behind it fails too, COMMIT becomes ROLLBACK, and the caller gets the first error.
 */
export class PreparingClient extends pg.Client {
  #opens = false
  #held: { statement: Statement; later: Later }[] = []

  constructor(config?: string | pg.ClientConfig) {
    super({ ...(typeof config === 'string' ? { connectionString: config } : config), pipeline: true })
  }

  // The overloads are pg's own; only the form that Kysely uses is changed.
  override query = ((...args: unknown[]): unknown => {
    const [text, values, ...rest] = args
    if (typeof text !== 'string' || !Array.isArray(values)) return this.#send(() => super.query.apply(this, args as never))
    // The pool's own calls bring a callback, and no transaction.
    if (rest.length > 0) return super.query.apply(this, [statementOf(text, values), ...rest] as never)
    if (text === 'begin') {
      this.#opens = true
      return nothing('BEGIN')
    }
    const later = values.at(-1)
    if (later instanceof Later) {
      this.#held.push({ statement: statementOf(text, values.slice(0, -1)), later })
      return nothing('LATER')
    }
    if (text === 'rollback') this.#held = []
    if ((text === 'commit' || text === 'rollback') && this.#opens && this.#held.length === 0) {
      this.#opens = false
      return nothing(text.toUpperCase())
    }
    const answer = this.#send(() => super.query(statementOf(text, values) as never))
    return text === 'commit' ? committed(answer as Promise<{ command: string }>) : answer
  }) as pg.Client['query']

  /** One packet: BEGIN if it waits, what was held back, and the statement. */
  #send(statement: () => unknown): unknown {
    if (!this.#opens && this.#held.length === 0) return statement()
    const held = this.#held
    const stream = (this as unknown as { connection: { stream: Duplex } }).connection.stream
    stream.cork()
    try {
      // Fails only with its connection, and then the statement does too.
      if (this.#opens) super.query('begin').catch(() => {})
      const before = held.map(({ statement, later }) =>
        (super.query(statement as never) as unknown as Promise<{ rows: unknown[] }>).then(({ rows }) => later.done(rows)),
      )
      const answer = statement()
      return before.length === 0 ? answer : firstError(before, answer)
    } finally {
      this.#opens = false
      this.#held = []
      stream.uncork()
    }
  }
}

/** The answer, or the error of the earliest that failed: what follows it only says that the transaction is aborted. */
async function firstError(before: readonly Promise<unknown>[], answer: unknown): Promise<unknown> {
  const all = await Promise.allSettled([...before, answer])
  for (const one of all) if (one.status === 'rejected') throw one.reason
  return answer
}

/** COMMIT of an aborted transaction answers ROLLBACK and is no error to the server: to us it is. */
async function committed(answer: Promise<{ command: string }>): Promise<{ command: string }> {
  const result = await answer
  if (result.command !== 'COMMIT') throw new Error('the transaction was rolled back instead of committed')
  return result
}
