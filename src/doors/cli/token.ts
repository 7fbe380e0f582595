import { parseArgs } from 'node:util'
import { createOsticketKey, createRestToken } from '#access/api-tokens.ts'
import { type TokenScope, tokenScopes } from '#access/permissions.ts'
import { findAgentByEmail } from '#people/directory.ts'
import { withDesk } from './open-desk.ts'
import { type Terminal, UsageError } from './terminal.ts'

export const usage = `Usage: tessera token create --agent ADDRESS --scope SCOPE… [--name NAME] [--json]
       tessera token create --osticket [--address IP] [--cron] [--name NAME] [--json]
Makes a token of the REST API, which acts as the agent within its scopes, or a key of osTicket's own calls, which opens tickets.
The token is printed once and kept only as a hash. Scopes: ${tokenScopes.join(', ')}.
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
  if (positionals.join(' ') !== 'create') throw new UsageError('Say what to do: token create.')
  const name = values.name ?? 'command line'
  const scopes = (values.scope ?? []).flatMap((scope) => scope.split(/[\s,]+/)).filter(Boolean)
  if (!values.osticket && (!values.agent || scopes.length === 0))
    throw new UsageError('A token needs --agent and at least one --scope.')
  const wrong = scopes.find((scope) => !tokenScopes.includes(scope as TokenScope))
  if (wrong) throw new UsageError(`There is no scope ${wrong}.`)
  return withDesk(async ({ ctx }) => {
    let token: string
    if (values.osticket) {
      token = (await createOsticketKey(ctx, { name, allowedAddress: values.address ?? null, mayRunCron: values.cron ?? false }))
        .key
    } else {
      const agent = await findAgentByEmail(ctx, values.agent ?? '')
      if (!agent) throw new UsageError(`There is no agent ${values.agent}.`)
      token = (await createRestToken(ctx, { name, agent: agent.id, scopes: scopes as TokenScope[] })).token
    }
    terminal.stdout.write(values.json ? `${JSON.stringify({ token })}\n` : `${token}\n`)
    return 0
  })
}
