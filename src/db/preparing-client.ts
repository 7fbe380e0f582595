import { createHash } from 'node:crypto'
import pg from 'pg'

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

/**
 * A client that sends what comes again and again as a prepared statement, so that the server parses and plans it once a
 * connection (measured: a third of the server's time for a new ticket). A pooler between us and PostgreSQL must know prepared
 * statements (PgBouncer 1.21 or newer).
 */
export class PreparingClient extends pg.Client {
  // The overloads are pg's own; only the form that Kysely uses is changed.
  override query = ((...args: unknown[]): unknown => {
    const [text, values] = args
    if (typeof text === 'string' && Array.isArray(values)) {
      const clean = values.map(storable)
      const name = preparedName(text)
      if (name) args.splice(0, 2, { name, text, values: clean })
      else args[1] = clean
    }
    return super.query.apply(this, args as never)
  }) as pg.Client['query']
}
