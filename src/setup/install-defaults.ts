import { shippedRoles } from '#access/permissions.ts'
import type { Context } from '#core/context.ts'
import { transact } from '#core/transact.ts'
import { shippedResponses } from '#knowledge/shipped-responses.ts'
import { shippedFilters } from '#routing/shipped-filters.ts'

/**
 * What a new desk ships with: statuses, priorities, roles, the department Support, four help topics,
 * six canned responses and four ticket filters. Runs at every start and
 * does nothing once a department is there, so that what an administrator took away stays away.
 */
export async function installDefaults(ctx: Context): Promise<boolean> {
  return transact(ctx, async (ctx) => {
    const now = ctx.clock.now()
    const there = await ctx.db.selectFrom('status').select('id').limit(1).executeTakeFirst()
    if (there) return false
    await ctx.db
      .insertInto('status')
      .values([
        { key: 'open', name: 'Open', state: 'open', position: 1, created_at: now },
        { key: 'waiting', name: 'Waiting for customer', state: 'on_hold', position: 2, created_at: now },
        { key: 'on_hold', name: 'On hold', state: 'on_hold', asks_reason: true, position: 3, created_at: now },
        { key: 'resolved', name: 'Resolved', state: 'resolved', position: 4, created_at: now },
        { key: 'closed', name: 'Closed', state: 'closed', position: 5, created_at: now },
      ])
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    const priorities = await ctx.db
      .insertInto('priority')
      .values([
        { key: 'urgent', name: 'Urgent', urgency: 1, created_at: now },
        { key: 'high', name: 'High', urgency: 2, created_at: now },
        { key: 'normal', name: 'Normal', urgency: 3, is_default: true, created_at: now },
        { key: 'low', name: 'Low', urgency: 4, created_at: now },
      ])
      .onConflict((conflict) => conflict.doNothing())
      .returning(['id', 'key'])
      .execute()
    const priority = (key: string): number => priorities.find((row) => row.key === key)!.id
    await ctx.db
      .insertInto('role')
      .values(
        shippedRoles.map((role, index) => ({
          key: role.key,
          name: role.name,
          permissions: [...role.permissions],
          position: index,
          created_at: now,
        })),
      )
      .execute()
    const department = await ctx.db
      .insertInto('department')
      .values({ name: 'Support', created_at: now })
      .returning('id')
      .executeTakeFirstOrThrow()
    await ctx.db
      .insertInto('help_topic')
      .values([
        { name: 'Question', position: 1, is_default: true, department_id: department.id, created_at: now },
        {
          name: 'Something is broken',
          position: 2,
          department_id: department.id,
          priority_id: priority('high'),
          created_at: now,
        },
        { name: 'Access or account', position: 3, department_id: department.id, created_at: now },
        { name: 'Feedback', position: 4, department_id: department.id, priority_id: priority('low'), created_at: now },
      ])
      .execute()
    await ctx.db
      .insertInto('canned_response')
      .values(shippedResponses.map(({ name, body }, index) => ({ name, body, position: index + 1, created_at: now })))
      .execute()
    await ctx.db
      .insertInto('ticket_filter')
      .values(
        shippedFilters(priority('high')).map(({ key, name, isOn, needs, criteria, actions }, index) => ({
          key,
          name,
          position: index + 1,
          is_on: isOn,
          needs,
          criteria: JSON.stringify(criteria),
          actions: JSON.stringify(actions),
          created_at: now,
        })),
      )
      .execute()
    ctx.cache.clear()
    return true
  })
}
