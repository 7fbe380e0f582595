import { z } from 'zod'
import { anonymousActor } from '#core/actor.ts'
import { actingAs, type Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import { countAttempt, type Limit } from '#core/limits.ts'
import { once } from '#core/once.ts'
import { parseInput } from '#core/parse.ts'
import { type IncomingFile, storeFiles } from '#files/attachments.ts'
import { isBanned } from '#people/bans.ts'
import { publicHelpTopics } from '#routing/help-topics.ts'
import { readSettings } from '#settings/settings.ts'
import { clientOf } from '#sign-in/limits.ts'
import { openTicket } from './open-ticket.ts'

export const AskInput = z.object({
  /** Left out by whoever is signed in. */
  name: z.string().trim().max(120).default(''),
  email: z.string().trim().toLowerCase().max(254).default(''),
  topic: z.preprocess((value) => (value === '' ? null : value), z.coerce.number().int().positive().nullable().default(null)),
  subject: z.string().trim().min(1).max(255),
  message: z.string().trim().min(1).max(100_000),
})

/** What somebody who is not signed in must say as well. */
export const GuestAskInput = AskInput.extend({
  name: z.string().trim().min(1).max(120),
  email: z.string().trim().toLowerCase().min(1).max(254).pipe(z.email()),
})

/** One address asks so often an hour, and so does one client: an office may stand behind it. */
const perPerson: Limit = { name: 'ask:account', max: 10, windowSeconds: 3600 }
const perClient: Limit = { name: 'ask:address', max: 40, windowSeconds: 3600 }

export interface Asked {
  number: string
  /** When a first answer is due, ISO; null when the desk has no hours. */
  expectedAt: string | null
}

/**
 * A customer, or a guest who is not signed in, asks by the portal's form. A repeat of the same `submission` answers as the first
 * did. Errors: Unauthenticated (guests may not ask here), TooMany, Forbidden (banned), TooLarge, Invalid with pointers of AskInput.
 */
export async function askByPortal(
  ctx: Context,
  input: z.output<typeof AskInput>,
  files: readonly IncomingFile[],
  submission: string | null,
): Promise<Asked> {
  const signedIn = ctx.actor.kind === 'user' && ctx.actor.address !== null
  // An agent who tries the form out, and a guest of another ticket, ask as anybody would.
  const asker = signedIn ? ctx : actingAs(ctx, anonymousActor)
  const email = signedIn ? ctx.actor.address! : input.email
  if (!signedIn) {
    if (!(await readSettings(ctx))['portal.guestsMayAsk']) throw new AppError('unauthenticated', 'guestsClosed')
    parseInput(GuestAskInput, input)
  }
  if (input.topic !== null && !(await publicHelpTopics(ctx)).some((topic) => topic.id === input.topic)) {
    throw new AppError('invalid', 'invalid', { problems: [{ pointer: '/topic', key: 'choice' }] })
  }
  await countAttempt(ctx, perClient, clientOf(ctx))
  await countAttempt(ctx, perPerson, email)
  if (await isBanned(ctx, email)) throw new AppError('forbidden', 'banned')
  const stored = await storeFiles(ctx, files)
  return once(asker, 'portal.ask', submission, async (asker) => {
    const ticket = await openTicket(
      asker,
      {
        requester: { email, name: signedIn ? ctx.actor.name : input.name },
        subject: input.subject,
        message: input.message,
        topic: input.topic,
      },
      { channel: 'web', files: stored },
    )
    return { number: ticket.number, expectedAt: ticket.dueAt?.toISOString() ?? null }
  })
}
