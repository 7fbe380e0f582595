import type { Context } from '#core/context.ts'
import { forbidden } from '#core/errors.ts'
import { clearUndeliverable } from '#people/dead-addresses.ts'
import { accessPerson } from './find-people.ts'

/** "It works again": takes the mark off an address that mail came back from. Errors: NotFound (also for who may not be seen), Forbidden. */
export async function reviveAddress(ctx: Context, person: number): Promise<void> {
  if (!ctx.actor.may('ticket.people')) throw forbidden()
  const { address } = await accessPerson(ctx, person)
  await clearUndeliverable(ctx, address)
}
