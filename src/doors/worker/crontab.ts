import { type ParsedCronItem, parseCronItems } from 'graphile-worker'
import { sweepAccess } from '#access/sweep-access.ts'
import { expireSuspended } from '#channels/expire-suspended.ts'
import { sweepFuses } from '#channels/fuses.ts'
import { keepSignedIn } from '#channels/mailbox-token.ts'
import { warnOfSecrets } from '#channels/secret-expiry.ts'
import { wakeMessages } from '#channels/wake-messages.ts'
import { watchSilence } from '#channels/watch-silence.ts'
import type { Context } from '#core/context.ts'
import { sweep } from '#core/sweep.ts'
import { sendDigests } from '#notifications/digest.ts'
import { sweepNotifications } from '#notifications/inbox.ts'
import { clearPresence } from '#presence/presence.ts'
import { closeResolved } from '#tickets/change-status.ts'
import { emptyPlaces } from '#tickets/empty-place.ts'
import { remindWaiting, resolveWaiting } from '#tickets/waiting-moves.ts'

/** What happens by the clock, on one page. */
export const cronTasks: Readonly<Record<string, (ctx: Context) => Promise<void>>> = {
  'wake-messages': async (ctx) => void (await wakeMessages(ctx)),
  'watch-silence': async (ctx) => void (await watchSilence(ctx)),
  'clear-presence': clearPresence,
  'close-resolved': async (ctx) => {
    while ((await closeResolved(ctx)) > 0);
  },
  'remind-waiting': async (ctx) => {
    while ((await remindWaiting(ctx)) > 0);
    while ((await resolveWaiting(ctx)) > 0);
  },
  'empty-places': async (ctx) => {
    while ((await emptyPlaces(ctx)) > 0);
  },
  'expire-suspended': expireSuspended,
  'keep-signed-in': keepSignedIn,
  'warn-of-secrets': warnOfSecrets,
  sweep,
  'sweep-access': sweepAccess,
  'sweep-notifications': sweepNotifications,
  'sweep-fuses': sweepFuses,
  'send-digests': async (ctx) => void (await sendDigests(ctx)),
}

export const cronItems: ParsedCronItem[] = parseCronItems([
  { task: 'wake-messages', match: '* * * * *', options: { backfillPeriod: 0 } },
  { task: 'watch-silence', match: '*/5 * * * *', options: { backfillPeriod: 0 } },
  { task: 'clear-presence', match: '*/5 * * * *', options: { backfillPeriod: 0 } },
  { task: 'close-resolved', match: '7 * * * *', options: { backfillPeriod: 0 } },
  { task: 'remind-waiting', match: '37 * * * *', options: { backfillPeriod: 0 } },
  { task: 'empty-places', match: '53 3 * * *', options: { backfillPeriod: 0 } },
  { task: 'expire-suspended', match: '41 3 * * *', options: { backfillPeriod: 0 } },
  { task: 'keep-signed-in', match: '*/3 * * * *', options: { backfillPeriod: 0 } },
  { task: 'warn-of-secrets', match: '11 * * * *', options: { backfillPeriod: 0 } },
  { task: 'sweep', match: '23 * * * *', options: { backfillPeriod: 0 } },
  { task: 'sweep-access', match: '29 * * * *', options: { backfillPeriod: 0 } },
  { task: 'send-digests', match: '*/10 * * * *', options: { backfillPeriod: 0 } },
  { task: 'sweep-notifications', match: '47 3 * * *', options: { backfillPeriod: 0 } },
  { task: 'sweep-fuses', match: '17 * * * *', options: { backfillPeriod: 0 } },
])
