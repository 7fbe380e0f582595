import { parseArgs } from 'node:util'
import { seedDesk } from '#setup/seed-desk.ts'
import { withDesk } from './open-desk.ts'
import { exitCode, type Terminal, UsageError } from './terminal.ts'

export const usage = `Usage: tessera seed --tickets N [--agents N] [--seed TEXT] [--json]
Fills the desk with made-up agents, customers and tickets, for measuring. The same seed makes the same data. To
add to a desk that was seeded already, take another seed: the same people are refused.
`

const MOST = 5_000_000

export async function run(args: string[], terminal: Terminal): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { tickets: { type: 'string' }, agents: { type: 'string' }, seed: { type: 'string' }, json: { type: 'boolean' } },
  })
  const tickets = wholeNumber(values.tickets, '--tickets')
  const agents = values.agents === undefined ? 10 : wholeNumber(values.agents, '--agents')
  if (tickets === null || agents === null) throw new UsageError('Say how many: --tickets N.')
  return withDesk(async ({ ctx }) => {
    const made = await seedDesk(ctx, {
      tickets,
      agents,
      seed: values.seed ?? '1',
      onProgress: (done, total) => {
        if (terminal.stderr.isTTY) terminal.stderr.write(`\r${done} of ${total} tickets`)
        else if (done % 10_000 === 0 || done === total) terminal.stderr.write(`${done} of ${total} tickets\n`)
      },
    })
    if (terminal.stderr.isTTY) terminal.stderr.write('\n')
    const counts = { agents: made.agents.length, people: made.people, tickets: made.tickets.length }
    terminal.stdout.write(
      values.json
        ? `${JSON.stringify(counts)}\n`
        : `${counts.tickets} tickets of ${counts.people} people, ${counts.agents} agents.\n`,
    )
    return exitCode.done
  })
}

function wholeNumber(text: string | undefined, name: string): number | null {
  if (text === undefined) return null
  const number = Number(text)
  if (!Number.isSafeInteger(number) || number < 0 || number > MOST)
    throw new UsageError(`${name} must be a number from 0 to ${MOST}.`)
  return number
}
