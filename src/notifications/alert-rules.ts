import { sql } from 'kysely'
import { z } from 'zod'
import { cached, defineCached, dropCached } from '#core/cache.ts'
import type { Context } from '#core/context.ts'
import { forbidden, invalid, notFound } from '#core/errors.ts'
import { defineEvent, emit } from '#core/events.ts'
import { parseInput } from '#core/parse.ts'
import { transact } from '#core/transact.ts'
import { readDirectory } from '#people/directory.ts'
import { findEndUser } from '#people/end-users.ts'
import { readHelpTopics } from '#routing/help-topics.ts'
import {
  type CustomerKind,
  customerKinds,
  isAlertKind,
  type RuleScope,
  ruleScopes,
  shippedCustomer,
  shippedMatrix,
} from './alert-kinds.ts'
import type { AlertRule } from './plan-alerts.ts'

export const alertRulesChanged = defineEvent<{
  scope: RuleScope
  changes: Record<string, { from: string | null; to: string | null }>
}>('alert_rules.changed')

/** Everything but the settings of single customers, which may be many. */
export const alertRulesCache = defineCached<AlertRule[]>('alert rules', (ctx) =>
  ctx.db
    .selectFrom('notification_rule')
    .select(['scope_kind as scope', 'scope_id as scopeId', 'kind', 'recipient', 'setting'])
    .where('scope_kind', '<>', 'person')
    .execute(),
)

export const readAlertRules = (ctx: Context): Promise<AlertRule[]> => cached(ctx, alertRulesCache)

const customersOn = defineCached<ReadonlySet<string>>(
  'customers who asked for mails',
  async (ctx) =>
    new Set(
      (
        await ctx.db
          .selectFrom('notification_rule')
          .select('kind')
          .distinct()
          .where('scope_kind', '=', 'person')
          .where('setting', '=', 'mail')
          .execute()
      ).map((row) => row.kind),
    ),
)

/** Is this mail sent to any customer at all, as shipped or by any setting? From the cache. */
export async function isEverOn(ctx: Context, kind: CustomerKind): Promise<boolean> {
  if (shippedCustomer[kind] === 'mail') return true
  const rules = await readAlertRules(ctx)
  return (
    rules.some((rule) => rule.kind === kind && rule.recipient === 'customer' && rule.setting === 'mail') ||
    (await cached(ctx, customersOn)).has(kind)
  )
}

/** The settings made for one scope alone. */
export const rulesOfScope = (ctx: Context, scope: RuleScope, scopeId: number): Promise<AlertRule[]> =>
  ctx.db
    .selectFrom('notification_rule')
    .select(['scope_kind as scope', 'scope_id as scopeId', 'kind', 'recipient', 'setting'])
    .where('scope_kind', '=', scope)
    .where('scope_id', '=', scopeId)
    .execute()

const Cell = z.object({
  kind: z.string().max(40),
  recipient: z.string().max(40),
  /** null: as the next wider scope says. */
  setting: z.enum(['off', 'app', 'mail']).nullable(),
})

export const AlertRulesInput = z.object({
  scope: z.enum(ruleScopes),
  scopeId: z.number().int().min(0),
  cells: z.array(Cell).max(500),
})

/**
 * Sets cells of the matrix for one scope; the others stay. Administrators set any; an agent their own. Errors: Forbidden, NotFound
 * (no such scope), Invalid at /cells.
 */
export async function saveAlertRules(ctx: Context, input: z.input<typeof AlertRulesInput>): Promise<void> {
  const given = parseInput(AlertRulesInput, input)
  const own = given.scope === 'agent' && ctx.actor.kind === 'agent' && ctx.actor.id === given.scopeId
  if (!ctx.actor.administrator && !own) throw forbidden()
  if (!(await exists(ctx, given.scope, given.scopeId))) throw notFound()
  for (const [index, cell] of given.cells.entries()) if (!isCell(given.scope, cell)) throw invalid(`/cells/${index}`, 'choice')
  await transact(ctx, async (ctx) => {
    const before = await rulesOfScope(ctx, given.scope, given.scopeId)
    const changes: Record<string, { from: string | null; to: string | null }> = {}
    for (const { kind, recipient, setting } of given.cells) {
      const held = before.find((rule) => rule.kind === kind && rule.recipient === recipient)?.setting ?? null
      if (held === setting) continue
      changes[`${kind}.${recipient}`] = { from: held, to: setting }
      if (setting === null)
        await ctx.db
          .deleteFrom('notification_rule')
          .where('scope_kind', '=', given.scope)
          .where('scope_id', '=', given.scopeId)
          .where('kind', '=', kind)
          .where('recipient', '=', recipient)
          .execute()
      else
        await sql`insert into notification_rule (scope_kind, scope_id, kind, recipient, setting, updated_at, updated_by)
          values (${given.scope}, ${given.scopeId}, ${kind}, ${recipient}, ${setting}, ${ctx.clock.now()}, ${ctx.actor.id})
          on conflict (scope_kind, scope_id, kind, recipient)
          do update set setting = excluded.setting, updated_at = excluded.updated_at, updated_by = excluded.updated_by`.execute(
          ctx.db,
        )
    }
    if (Object.keys(changes).length === 0) return
    await emit(
      ctx,
      alertRulesChanged({
        subject: { kind: given.scope, id: given.scopeId },
        data: { scope: given.scope, changes },
        facts: { internal: true },
      }),
    )
    dropCached(ctx, alertRulesCache)
    if (given.scope === 'person') dropCached(ctx, customersOn)
  })
}

/** Only what the scope can say: customers' mails at every scope but an agent's, alerts at every scope but a customer's. */
function isCell(scope: RuleScope, cell: z.infer<typeof Cell>): boolean {
  if (cell.recipient === 'customer')
    return scope !== 'agent' && cell.setting !== 'app' && (customerKinds as readonly string[]).includes(cell.kind)
  return scope !== 'person' && isAlertKind(cell.kind) && Object.hasOwn(shippedMatrix[cell.kind], cell.recipient)
}

async function exists(ctx: Context, scope: RuleScope, id: number): Promise<boolean> {
  if (scope === 'desk') return id === 0
  if (scope === 'person') return (await findEndUser(ctx, id)) !== null
  if (scope === 'topic') return (await readHelpTopics(ctx)).some((topic) => topic.id === id)
  const { agents, departments } = await readDirectory(ctx)
  return (scope === 'agent' ? agents : departments).some((one) => one.id === id)
}
