import type { Context } from '#core/context.ts'

const CHUNK = 1000

/** Takes many ticket numbers at once; they must be free. For import, seeding and tests. */
export async function bulkLoadNumbers(ctx: Context, numbers: readonly string[]): Promise<void> {
  for (let at = 0; at < numbers.length; at += CHUNK) {
    await ctx.db
      .insertInto('ticket_number')
      .values(numbers.slice(at, at + CHUNK).map((number) => ({ number })))
      .execute()
  }
}

/** Every number that was ever given. */
export async function takenNumbers(ctx: Context): Promise<Set<string>> {
  const rows = await ctx.db.selectFrom('ticket_number').select('number').execute()
  return new Set(rows.map((row) => row.number))
}
