import { parseArgs } from 'node:util'
import { makeToken } from '#access/one-time-tokens.ts'
import { readRoles, setGrants } from '#access/roles.ts'
import type { Context } from '#core/context.ts'
import { transact } from '#core/transact.ts'
import { createAgent } from '#people/agents.ts'
import { defaultDepartment } from '#people/directory.ts'
import { checkNewPassword, hashPassword } from '#sign-in/password.ts'
import { withDesk } from './open-desk.ts'
import { readLine, type Terminal, UsageError } from './terminal.ts'

export const usage = `Usage: tessera create-admin --email ADDRESS --name NAME [--password-stdin] [--json]
Adds an administrator. The password is read from standard input; without --password-stdin a link is printed, good for
seven days, under which the person sets one.
`

export async function run(args: string[], terminal: Terminal): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      email: { type: 'string' },
      name: { type: 'string' },
      'password-stdin': { type: 'boolean' },
      json: { type: 'boolean' },
    },
  })
  const { email, name } = values
  if (!email || !name) throw new UsageError('An administrator needs --email and --name.')
  const password = values['password-stdin'] ? await readLine(terminal) : null
  return withDesk(async ({ ctx }) => {
    if (password !== null) checkNewPassword(password, [email, name])
    const hash = password === null ? null : await hashPassword(password)
    const made = await transact(ctx, (ctx) => addAdministrator(ctx, { email, name }, hash))
    const link = made.token ? `${ctx.site.baseUrl}/sign-in/invitation?token=${made.token}` : null
    if (values.json) terminal.stdout.write(`${JSON.stringify({ id: made.id, email, link })}\n`)
    else if (link)
      terminal.stdout.write(`${name} is an administrator. They set their password here, within seven days:\n${link}\n`)
    else terminal.stdout.write(`${name} is an administrator and can sign in at ${ctx.site.baseUrl}/sign-in.\n`)
    return 0
  })
}

async function addAdministrator(ctx: Context, person: { email: string; name: string }, hash: string | null) {
  const { id } = await createAgent(ctx, { ...person, administrator: true, seesAllTickets: true }, hash)
  const department = await defaultDepartment(ctx)
  const manager = (await readRoles(ctx)).find((role) => role.key === 'manager')
  if (manager) await setGrants(ctx, id, [{ department: department.id, role: manager.id }])
  return { id, token: hash === null ? await makeToken(ctx, 'invite', { agent: id }) : null }
}
