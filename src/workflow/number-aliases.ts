import type { Context } from '#core/context.ts'

/** Makes a ticket's number, and those it has taken over, lead to another ticket. Returns the numbers. The caller holds both. */
export async function aliasNumbers(ctx: Context, number: string, from: number, to: number): Promise<string[]> {
  const rows = await ctx.db
    .updateTable('ticket_number')
    .set({ ticket_id: to, is_alias: true })
    .where((eb) => eb.or([eb('number', '=', number), eb('ticket_id', '=', from)]))
    .returning('number')
    .execute()
  return rows.map((row) => row.number)
}

/** Gives the numbers back: `own` is the ticket's own again, the others lead to it. */
export async function returnNumbers(ctx: Context, numbers: readonly string[], own: string, to: number): Promise<void> {
  const others = numbers.filter((number) => number !== own)
  await ctx.db.updateTable('ticket_number').set({ ticket_id: null, is_alias: false }).where('number', '=', own).execute()
  if (others.length > 0) await ctx.db.updateTable('ticket_number').set({ ticket_id: to }).where('number', 'in', others).execute()
}
