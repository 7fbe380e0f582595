import { sql } from 'kysely'
import { z } from 'zod'
import { peekToken, revokeTokens } from '#access/one-time-tokens.ts'
import { readRoles, setGrants } from '#access/roles.ts'
import { systemActor } from '#core/actor.ts'
import { actingAs, type Context } from '#core/context.ts'
import { AppError, type FieldProblem, invalid } from '#core/errors.ts'
import { transact } from '#core/transact.ts'
import { translatorFor } from '#i18n/messages.ts'
import { isAddress, nameFromAddress, normalAddress } from '#people/address.ts'
import { createAgent } from '#people/agents.ts'
import { changeDepartment } from '#people/departments.ts'
import { defaultDepartment, readDirectory } from '#people/directory.ts'
import { changeSettings } from '#settings/change-settings.ts'
import { readSettings } from '#settings/settings.ts'
import { inviteAgent } from '#sign-in/invitations.ts'
import { checkNewPassword, hashPassword } from '#sign-in/password.ts'
import { beginSession, type SignedIn } from '#sign-in/sign-in.ts'
import { openTicket } from '#tickets/open-ticket.ts'

export interface SetupState {
  isComplete: boolean
  hasAdministrator: boolean
  /** This browser may go on: it holds the link's token, or an administrator is signed in. */
  isAllowed: boolean
}

/** Where the wizard stands for whoever brings this token. */
export async function readSetup(ctx: Context, token: string | null): Promise<SetupState> {
  const settings = await readSettings(ctx)
  const { agents } = await readDirectory(ctx)
  const hasAdministrator = agents.some((agent) => agent.isAdministrator && !agent.isArchived && agent.hasPassword)
  const holdsLink = token !== null && (await peekToken(ctx, 'setup', token)) !== null
  return {
    isComplete: settings['setup.completedAt'] !== null,
    hasAdministrator,
    isAllowed: ctx.actor.administrator || (holdsLink && !hasAdministrator),
  }
}

/** The wizard's gate: acts as the signed-in administrator, or as the desk itself while the link is the only key there is. */
async function accessSetup(ctx: Context, token: string | null): Promise<Context> {
  const state = await readSetup(ctx, token)
  if (state.isComplete || !state.isAllowed) throw new AppError('forbidden', 'setupClosed')
  return ctx.actor.administrator ? ctx : actingAs(ctx, systemActor)
}

/** Name, public address, zone or hours, whichever is given. Errors: Forbidden, Invalid. */
export async function setUpDesk(ctx: Context, token: string | null, patch: Parameters<typeof changeSettings>[1]): Promise<void> {
  await changeSettings(await accessSetup(ctx, token), patch)
}

export const FirstAdministratorInput = z.object({
  name: z.string().trim().min(1).max(120),
  email: z.string().trim().toLowerCase().min(1).max(254).pipe(z.email()),
  password: z.string().min(1),
  again: z.string().optional(),
})

/**
 * Makes the first administrator, who also manages the first department, and signs them in. Of two who try at once one succeeds.
 * Errors: Forbidden, Invalid, Conflict (there is one already).
 */
export async function makeFirstAdministrator(
  ctx: Context,
  token: string | null,
  input: z.output<typeof FirstAdministratorInput>,
  previousToken: string | null,
): Promise<SignedIn> {
  const desk = await accessSetup(ctx, token)
  const settings = await readSettings(ctx)
  if (input.again !== undefined && input.again !== input.password) throw invalid('/again', 'passwordsDiffer')
  checkNewPassword(input.password, [input.email, input.name, settings['desk.name']])
  const hash = await hashPassword(input.password)
  return transact(desk, async (desk) => {
    await sql`select pg_advisory_xact_lock(hashtext('first administrator'))`.execute(desk.db)
    const there = await desk.db
      .selectFrom('agent')
      .select('id')
      .where('is_administrator', '=', true)
      .where('archived_at', 'is', null)
      .where('password_hash', 'is not', null)
      .limit(1)
      .executeTakeFirst()
    if (there) throw new AppError('conflict', 'administratorExists')
    const { id } = await createAgent(
      desk,
      { name: input.name, email: input.email, administrator: true, seesAllTickets: true },
      hash,
    )
    const department = await defaultDepartment(desk)
    const manager = (await readRoles(desk)).find((role) => role.key === 'manager')
    if (manager) await setGrants(desk, id, [{ department: department.id, role: manager.id }])
    await changeDepartment(desk, department.id, { managerId: id })
    return beginSession(desk, { agent: id }, 'invitation', previousToken)
  })
}

/**
 * Invites colleagues, one address a line, as agents of the first department. Those who are agents already are passed over.
 * Errors: Forbidden, Invalid at /colleagues naming the line.
 */
export async function inviteColleagues(ctx: Context, text: string): Promise<number> {
  const addresses = [
    ...new Set(
      text
        .split(/[\n,;]/)
        .map(normalAddress)
        .filter(Boolean),
    ),
  ]
  if (addresses.length > 200) throw invalid('/colleagues', 'tooManyLines', { max: 200 })
  const problems: FieldProblem[] = addresses
    .filter((address) => !isAddress(address))
    .map((address) => ({ pointer: '/colleagues', key: 'lineNotAddress', params: { line: address.slice(0, 80) } }))
  if (problems.length > 0) throw new AppError('invalid', 'invalid', { problems })
  return transact(ctx, async (ctx) => {
    const { agents } = await readDirectory(ctx)
    const department = await defaultDepartment(ctx)
    const role = (await readRoles(ctx)).find((one) => one.key === 'agent')
    let invited = 0
    for (const email of addresses) {
      if (agents.some((agent) => agent.email === email)) continue
      await inviteAgent(ctx, {
        name: nameFromAddress(email),
        email,
        grants: role ? [{ department: department.id, role: role.id }] : [],
      })
      invited++
    }
    return invited
  })
}

/** Ends the wizard: the link is worth nothing from now on, and a first ticket waits. Returns its number. Errors: Forbidden. */
export async function finishSetup(ctx: Context): Promise<{ number: string }> {
  const settings = await readSettings(ctx)
  if (!ctx.actor.administrator || ctx.actor.kind !== 'agent' || settings['setup.completedAt'] !== null) {
    throw new AppError('forbidden', 'setupClosed')
  }
  const t = translatorFor(settings['desk.locale'])
  return transact(ctx, async (ctx) => {
    await changeSettings(ctx, { 'setup.completedAt': ctx.clock.now().toISOString() })
    await revokeTokens(ctx, 'setup', {})
    const ticket = await openTicket(
      actingAs(ctx, systemActor),
      {
        requester: { email: ctx.actor.address ?? '', name: ctx.actor.name },
        subject: t('setup.welcome.subject'),
        message: t('setup.welcome.message', { name: ctx.actor.name.split(' ')[0] ?? ctx.actor.name }),
        autorespond: false,
        alert: false,
      },
      { channel: 'web' },
    )
    return { number: ticket.number }
  })
}
