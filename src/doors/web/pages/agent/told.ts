import type { Context } from '#core/context.ts'
import { type AlertKind, type AlertSetting, alertKinds, type RecipientRole, recipientRoles } from '#notifications/alert-kinds.ts'
import { readAlertRules } from '#notifications/alert-rules.ts'
import { settingFor } from '#notifications/plan-alerts.ts'
import { readDirectory } from '#people/directory.ts'

export interface ToldChoice {
  kind: AlertKind
  cells: { role: RecipientRole; chosen: AlertSetting | ''; desk: AlertSetting }[]
}

/** What an agent can choose to be told of: only in roles that they ever have. */
export async function toldChoices(ctx: Context): Promise<ToldChoice[]> {
  const me = ctx.actor.id ?? 0
  const { departments, teams } = await readDirectory(ctx)
  const lacking = new Set<RecipientRole>()
  if (ctx.actor.teams.length === 0) lacking.add('team')
  if (!teams.some((team) => team.leadId === me)) lacking.add('lead')
  if (!departments.some((department) => department.managerId === me)) lacking.add('manager')
  if (!ctx.actor.may('ticket.view')) lacking.add('department')
  if (!ctx.actor.administrator) lacking.add('administrators')
  const rules = await readAlertRules(ctx)
  const wider = rules.filter((rule) => rule.scope === 'desk')
  return alertKinds
    .map((kind) => ({
      kind,
      cells: recipientRoles.flatMap((role) => {
        const desk = lacking.has(role) ? null : settingFor(wider, kind, role, {})
        if (!desk) return []
        const own = rules.find(
          (rule) => rule.scope === 'agent' && rule.scopeId === me && rule.kind === kind && rule.recipient === role,
        )
        return [{ role, chosen: own?.setting ?? ('' as const), desk: desk.setting }]
      }),
    }))
    .filter((row) => row.cells.length > 0)
}

/** The fields of the form as cells of the matrix. */
export function readToldFields(fields: Record<string, unknown>) {
  return Object.entries(fields).flatMap(([name, value]) => {
    const [of, kind, recipient] = name.split('.')
    if (of !== 'told' || !kind || !recipient) return []
    return [{ kind, recipient, setting: value === '' ? null : (value as AlertSetting) }]
  })
}
