import type { Context } from '#core/context.ts'
import { findAgentByEmail } from '#people/directory.ts'
import { findEndUser } from '#people/end-users.ts'
import { rememberSender, standingOf } from '#people/known-senders.ts'
import type { Ticket } from './ticket-store.ts'

/**
 * Spam remembers its sender, so that further mail of it is suspended. Only of mail: who fills in a form may type anybody's address.
 * An agent's address is never remembered. Says whether that is new.
 */
export async function rememberSpamSender(ctx: Context, ticket: Ticket): Promise<boolean> {
  if (ticket.channel !== 'email') return false
  const requester = await findEndUser(ctx, ticket.requesterId)
  if (!requester || (await findAgentByEmail(ctx, requester.address))) return false
  if ((await standingOf(ctx, requester.address)) === 'spam') return false
  await rememberSender(ctx, requester.address, 'spam')
  return true
}

/** Back on the desk it is forgotten again. Says whether anything was. */
export async function forgetSpamSender(ctx: Context, requester: number): Promise<boolean> {
  const person = await findEndUser(ctx, requester)
  if (!person || (await standingOf(ctx, person.address)) !== 'spam') return false
  await rememberSender(ctx, person.address, null)
  return true
}
