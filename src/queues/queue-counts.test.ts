import { beforeAll, expect, test } from 'vitest'
import { agentActor } from '#access/actors.ts'
import { agentFacts } from '#access/agent-facts.ts'
import { actingAs, type Context } from '#core/context.ts'
import { installDefaults } from '#setup/install-defaults.ts'
import { seedDesk } from '#setup/seed-desk.ts'
import { openTestContext } from '../../tests/world/context.ts'
import { queueCounts, queuePage, queues } from './queues.ts'

let ctx: Context
let agents: number[]

beforeAll(async () => {
  ctx = await openTestContext()
  await installDefaults(ctx)
  agents = (await seedDesk(ctx, { tickets: 150, agents: 3, seed: 'counts' })).agents
})

async function lengthOf(ctx: Context, key: string): Promise<number> {
  let length = 0
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<typeof queuePage>> = await queuePage(ctx, key, { cursor, limit: 40 })
    length += page.rows.length
    cursor = page.next
  } while (cursor)
  return length
}

test('every count is the length of its list', async () => {
  const agent = actingAs(ctx, agentActor((await agentFacts(ctx, agents[0]!))!))
  for (const asking of [ctx, agent]) {
    const counts = await queueCounts(asking)
    const lengths = new Map<string, number>()
    for (const { key, counted } of queues) if (counted) lengths.set(key, await lengthOf(asking, key))
    expect(Object.fromEntries(counts)).toEqual(Object.fromEntries(lengths))
    expect(counts.get('open')).toBeGreaterThan(40)
  }
})

test('the same seed makes the same tickets', async () => {
  const numbers = async (): Promise<string[]> =>
    (await ctx.db.selectFrom('ticket').select(['number', 'subject']).orderBy('id').execute()).map(
      (row) => `${row.number} ${row.subject}`,
    )
  const before = await numbers()
  // What was made already is refused by its addresses, so nothing is doubled by mistake.
  await expect(seedDesk(ctx, { tickets: 150, agents: 3, seed: 'counts' })).rejects.toThrow()
  expect(await numbers()).toEqual(before)
  await seedDesk(ctx, { tickets: 20, agents: 3, seed: 'more' })
  expect((await numbers()).length).toBe(170)
})
