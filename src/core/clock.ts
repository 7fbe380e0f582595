/** The only source of time in rooms. Milliseconds precision, as the database keeps. */
export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }

/** A clock that a test sets and moves. */
export interface TestClock extends Clock {
  set(at: Date | string): void
  advance(seconds: number): void
}

export function testClock(start: Date | string): TestClock {
  let at = new Date(start).getTime()
  return {
    now: () => new Date(at),
    set: (next) => {
      at = new Date(next).getTime()
    },
    advance: (seconds) => {
      at += seconds * 1000
    },
  }
}

export const addSeconds = (at: Date, seconds: number): Date => new Date(at.getTime() + seconds * 1000)
