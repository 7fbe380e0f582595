import { Logger } from 'graphile-worker'
import type { Context } from '#core/context.ts'

/** The job library's lines in ours: failures are warnings, the rest is for debugging. */
export const quietLogger = (ctx: Context): Logger =>
  new Logger((scope) => (level, message, meta) => {
    const fields = {
      ...(scope.taskIdentifier ? { job: scope.taskIdentifier } : {}),
      ...(meta?.error ? { err: meta.error as Error } : {}),
    }
    if (level === 'error') ctx.log.warn(fields, message)
    else ctx.log.debug(fields, message)
  })
