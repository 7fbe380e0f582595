import type { Clock } from '#core/clock.ts'
import { AppError } from '#core/errors.ts'

/** Counts calls in windows of a minute, in this process: a brake on runaway scripts, not an account of use. */
export class CallLimit {
  readonly #max: number
  readonly #counts = new Map<string, number>()
  #window = 0

  constructor(max: number) {
    this.#max = max
  }

  /** Errors: TooMany, with the seconds until the window ends. */
  count(clock: Clock, who: string): void {
    const now = clock.now().getTime()
    const window = Math.floor(now / 60_000)
    if (window !== this.#window) {
      this.#window = window
      this.#counts.clear()
    }
    const count = (this.#counts.get(who) ?? 0) + 1
    this.#counts.set(who, count)
    if (count > this.#max) {
      throw new AppError('too_many', 'tooMany', {
        params: { seconds: Math.max(1, Math.ceil(((window + 1) * 60_000 - now) / 1000)) },
      })
    }
  }
}
