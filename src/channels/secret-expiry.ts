import type { Context } from '#core/context.ts'
import { forbidden } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { transact } from '#core/transact.ts'
import { secretExpiring } from './channel-events.ts'
import { providerName } from './email/oauth-settings.ts'
import { expiringSecrets, noteSecretWarned } from './mailbox-grant-store.ts'

/** Days before the end at which administrators are told, each once; 0: on the day itself, or after it. */
const WARNED_AT = [0, 1, 7, 30] as const

const DAY_MS = 86_400_000

/** Whole days from today to `expiresOn` (YYYY-MM-DD), by UTC; negative when it has passed. Pure. */
export const daysUntil = (expiresOn: string, now: Date): number =>
  Math.round((Date.parse(`${expiresOn}T00:00:00Z`) - Date.parse(`${now.toISOString().slice(0, 10)}T00:00:00Z`)) / DAY_MS)

/** Which warning is due, when `warned` was the last; null: none. A desk that was off for a while skips those that are past. Pure. */
export function dueWarning(daysLeft: number, warned: number | null): number | null {
  const due = WARNED_AT.find((days) => daysLeft <= days)
  return due === undefined || (warned !== null && warned <= due) ? null : due
}

/** Tells administrators of client secrets that end soon: 30, 7 and 1 days before, and when one has ended; once each. Run by the scheduler. */
export async function warnOfSecrets(ctx: Context): Promise<void> {
  for (const { mailbox, expiresOn, warnedDays } of await expiringSecrets(ctx)) {
    const due = dueWarning(daysUntil(expiresOn, ctx.clock.now()), warnedDays)
    if (due === null) continue
    await transact(ctx, async (ctx) => {
      if (!(await noteSecretWarned(ctx, mailbox, due))) return
      const subject = { kind: 'mailbox', id: mailbox }
      await emit(ctx, secretExpiring({ subject, data: { days: due, expiresOn }, facts: { internal: true } }))
    })
  }
}

export interface EndingSecret {
  mailbox: number
  address: string
  provider: string
  expiresOn: string
  /** Negative when it has passed. */
  daysLeft: number
}

/** Client secrets that end within `days` or have ended, soonest first. Errors: Forbidden. */
export async function endingSecrets(ctx: Context, days: number): Promise<EndingSecret[]> {
  if (!ctx.actor.administrator) throw forbidden()
  return (await expiringSecrets(ctx))
    .map(({ mailbox, address, expiresOn, settings }) => ({
      mailbox,
      address,
      provider: providerName(settings),
      expiresOn,
      daysLeft: daysUntil(expiresOn, ctx.clock.now()),
    }))
    .filter((one) => one.daysLeft <= days)
}
