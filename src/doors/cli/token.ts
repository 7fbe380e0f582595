import { parseArgs } from 'node:util'
import { createOsticketKey, createRestToken, RestTokenInput } from '#access/api-tokens.ts'
import { tokenScopes } from '#access/permissions.ts'
import { findAgentByEmail } from '#people/directory.ts'
import { withDesk } from './open-desk.ts'
import { exitCode, type Terminal, UsageError } from './terminal.ts'

export const usage = `Usage: tessera token create --agent ADDRESS --scope SCOPE… [--name NAME] [--json]
       tessera token create --osticket [--address IP] [--cron] [--name NAME] [--json]
Makes a token of the REST API that acts as this agent, or a key of osTicket's own calls, and prints it once. Scopes: ${tokenScopes.join(', ')}.
`

export async function run(args: string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      agent: { type: 'string' },
      scope: { type: 'string', multiple: true },
      name: { type: 'string' },
      osticket: { type: 'boolean' },
      address: { type: 'string' },
      cron: { type: 'boolean' },
      json: { type: 'boolean' },
    },
  })
  const [what, ...more] = positionals
  if (what === 'create' && values.osticket) {
    return withDesk(async ({ ctx }) => {
      const given = { allowedAddress: values.address ?? null, mayRunCron: values.cron ?? false }
      const made = await createOsticketKey(ctx, { name: values.name ?? 'Command line', ...given })
      terminal.stdout.write(values.json ? `${JSON.stringify({ ...made, ...given })}\n` : `${made.key}\n`)
      return exitCode.done
    })
  }
  const email = values.agent
  if (what !== 'create' || !email) throw new UsageError('A token needs an agent: token create --agent ADDRESS --scope SCOPE.')
  // `--scope a b` and `--scope a --scope b` both name two.
  const scopes = [...(values.scope ?? []), ...more].flatMap((scope) => scope.split(','))
  const checked = RestTokenInput.shape.scopes.safeParse(scopes)
  if (!checked.success) throw new UsageError(`A token needs one or more of these scopes: ${tokenScopes.join(', ')}.`)
  return withDesk(async ({ ctx }) => {
    const agent = await findAgentByEmail(ctx, email)
    if (!agent) {
      terminal.stderr.write(`There is no agent ${email}.\n`)
      return exitCode.failed
    }
    const made = await createRestToken(ctx, { name: values.name ?? 'Command line', agent: agent.id, scopes: checked.data })
    if (values.json) terminal.stdout.write(`${JSON.stringify({ ...made, agent: agent.id, scopes: checked.data })}\n`)
    else terminal.stdout.write(`${made.token}\n`)
    return exitCode.done
  })
}
