import { type Logger, pino } from 'pino'

export type { Logger }

/** JSON lines on stdout; readable lines on a terminal. Secrets never reach a log: callers pass ids, not values. */
export function openLog(level: string, pretty: boolean): Logger {
  return pino({
    level,
    base: undefined,
    redact: ['password', 'token', 'secret', 'authorization', '*.password', '*.token', '*.secret'],
    ...(pretty ? { transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname', translateTime: 'HH:MM:ss' } } } : {}),
  })
}

export const silentLog: Logger = pino({ level: 'silent' })
