import type { Context } from './context.ts'
import { afterCommit } from './transact.ts'

/** Configuration that every request reads and nobody changes twice a day: departments, statuses, settings. */
export interface Cached<T> {
  readonly cached: string
  load(ctx: Context): Promise<T>
}

export const defineCached = <T>(cached: string, load: (ctx: Context) => Promise<T>): Cached<T> => ({ cached, load })

/** Entries live this long even when a node misses a drop. */
const STALE_AFTER_MS = 30_000

export class Cache {
  readonly #held = new Map<string, { value: Promise<unknown>; at: number }>()

  get<T>(ctx: Context, entry: Cached<T>): Promise<T> {
    const now = performance.now()
    const held = this.#held.get(entry.cached)
    if (held && now - held.at < STALE_AFTER_MS) return held.value as Promise<T>
    const value = entry.load(ctx)
    this.#held.set(entry.cached, { value, at: now })
    value.catch(() => this.#held.delete(entry.cached))
    return value
  }

  drop(name: string): void {
    this.#held.delete(name)
  }

  clear(): void {
    this.#held.clear()
  }
}

export const cached = <T>(ctx: Context, entry: Cached<T>): Promise<T> =>
  ctx.tx?.changed.has(entry.cached) ? entry.load(ctx) : ctx.cache.get(ctx, entry)

/** Call after changing what an entry holds: drops it here at once, and here and on every other node after commit. */
export function dropCached(ctx: Context, entry: Cached<unknown>): void {
  ctx.tx?.changed.add(entry.cached)
  ctx.cache.drop(entry.cached)
  afterCommit(ctx, () => {
    ctx.cache.drop(entry.cached)
    ctx.live.dropCache(entry.cached)
  })
}
