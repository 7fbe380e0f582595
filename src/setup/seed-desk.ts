import { readRoles, setGrants } from '#access/roles.ts'
import type { Context } from '#core/context.ts'
import { seededRandom } from '#core/random.ts'
import { transact } from '#core/transact.ts'
import { createAgent } from '#people/agents.ts'
import { bulkLoadPeople } from '#people/bulk-load-people.ts'
import { defaultDepartment, readDirectory } from '#people/directory.ts'
import { readHelpTopics } from '#routing/help-topics.ts'
import { readSettings } from '#settings/settings.ts'
import { dueOf } from '#sla/due.ts'
import { bulkLoadTickets, type LoadedTicket } from '#tickets/bulk-load-tickets.ts'
import { takenNumbers } from '#workflow/bulk-load-numbers.ts'
import { readWorkflow } from '#workflow/workflow.ts'

const FIRST = [
  'Kim',
  'Noor',
  'Ana',
  'Jonas',
  'Mei',
  'Tariq',
  'Olga',
  'Sofia',
  'Liam',
  'Yuki',
  'Paulo',
  'Ines',
  'Ravi',
  'Hanna',
  'Musa',
  'Clara',
]
const LAST = ['Meyer', 'Okafor', 'Silva', 'Tanaka', 'Novak', 'Haddad', 'Larsen', 'Costa', 'Ivanova', 'Brown', 'Singh', 'Moreau']
const THINGS = [
  'Grinder',
  'Invoice',
  'Order',
  'Till',
  'Espresso machine',
  'Delivery',
  'Card reader',
  'Water filter',
  'Account',
  'Price list',
]
const TROUBLES = [
  'smells burnt',
  'is missing',
  'shows the wrong amount',
  'does not start',
  'came twice',
  'leaks at night',
  'is locked',
  'needs a part',
  'is late',
]
const SENTENCES = [
  'It began this morning before we opened.',
  'We have tried to switch it off and on again.',
  'Nothing was changed on our side.',
  'Could somebody have a look today?',
  'The colleague of the early shift noticed it first.',
  'I attach what I could find out.',
  'We need it again by Friday at the latest.',
  'Thank you for your help so far.',
]

export interface SeedOptions {
  tickets: number
  agents: number
  /** The same seed makes the same desk. */
  seed: string
  onProgress?: (done: number, total: number) => void
}

/**
 * Fills a desk for measuring: agents of the first department, a customer for every ten tickets, tickets over the last 90 days with
 * one to six entries each, six of ten of them open. Repeatable by its seed, apart from the moment that times are relative to.
 */
export async function seedDesk(
  ctx: Context,
  options: SeedOptions,
): Promise<{ agents: number[]; people: number; tickets: number[] }> {
  const random = seededRandom(options.seed)
  const below = (max: number): number => random.bytes(6).readUIntBE(0, 6) % max
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!
  const now = ctx.clock.now().getTime()
  const department = await defaultDepartment(ctx)
  const role = (await readRoles(ctx)).find((one) => one.key === 'agent')
  const known = (await readDirectory(ctx)).agents
  const agents: number[] = []
  for (let index = 1; index <= options.agents; index++) {
    const email = `agent${index}@seed.example`
    const name = `${pick(FIRST)} ${pick(LAST)}`
    const there = known.find((agent) => agent.email === email)
    const id = there ? there.id : (await createAgent(ctx, { name, email })).id
    if (!there && role) await setGrants(ctx, id, [{ department: department.id, role: role.id }])
    agents.push(id)
  }

  // A second run with another seed adds to the first one's.
  const tag = random.bytes(4).toString('hex')
  const people = Array.from({ length: Math.max(1, Math.ceil(options.tickets / 10)) }, (_, index) => {
    const [first, last] = [pick(FIRST), pick(LAST)]
    return {
      name: `${first} ${last}`,
      address: `${first}.${last}.${tag}.${index}@customer.example`.toLowerCase(),
      createdAt: new Date(now - 90 * 86_400_000),
    }
  })
  const personIds = await transact(ctx, (ctx) => bulkLoadPeople(ctx, people))

  const { statuses, priorities } = await readWorkflow(ctx)
  const topics = (await readHelpTopics(ctx)).filter((topic) => !topic.isArchived)
  const settings = await readSettings(ctx)
  const names = new Map((await readDirectory(ctx)).agents.map((agent) => [agent.id, agent]))
  const taken = await takenNumbers(ctx)
  const number = (): string => {
    for (;;) {
      const candidate = random.digits(options.tickets > 100_000 ? 8 : 7)
      if (taken.has(candidate)) continue
      taken.add(candidate)
      return candidate
    }
  }
  const words = (): string => Array.from({ length: 3 + below(6) }, () => pick(SENTENCES)).join(' ')

  const one = (): LoadedTicket => {
    const who = below(people.length)
    const person = people[who]!
    const createdAt = new Date(now - below(90 * 86_400) * 1000)
    const key = pick(['open', 'open', 'open', 'waiting', 'waiting', 'on_hold', 'resolved', 'resolved', 'closed', 'closed'])
    const status = statuses.find((candidate) => candidate.key === key)!
    const priority = pick(priorities)
    const topic = pick(topics)
    const assignee = agents.length > 0 && below(3) > 0 ? pick(agents) : null
    const turns = 1 + below(6)
    const step = Math.floor((now - createdAt.getTime()) / (turns + 1))
    const entries: Array<LoadedTicket['entries'][number]> = []
    for (let turn = 0; turn < turns; turn++) {
      const at = new Date(createdAt.getTime() + turn * step)
      const agent = turn % 2 === 1 && agents.length > 0 ? names.get(assignee ?? agents[0]!)! : null
      entries.push({
        kind: agent ? 'response' : 'message',
        channel: agent ? 'web' : 'email',
        author: agent
          ? { kind: 'agent', id: agent.id, name: agent.name, address: agent.email }
          : { kind: 'user', id: personIds[who]!, name: person.name, address: person.address },
        bodyText: words(),
        bodyHtml: null,
        createdAt: at,
      })
    }
    const of = (kind: string): Date | null => entries.filter((entry) => entry.kind === kind).at(-1)?.createdAt ?? null
    const firstResponseAt = entries.find((entry) => entry.kind === 'response')?.createdAt ?? null
    const lastAt = entries.at(-1)!.createdAt
    const waits = status.state === 'open' && entries.at(-1)!.kind === 'message'
    const isDone = status.state === 'resolved' || status.state === 'closed'
    const due = dueOf(
      { state: status.state, waitingSince: waits ? lastAt : null, firstResponseAt, urgency: priority.urgency },
      settings,
    )
    return {
      number: number(),
      subject: `${pick(THINGS)} in shop ${1 + below(60)} ${pick(TROUBLES)}`,
      requesterId: personIds[who]!,
      requester: person,
      departmentId: department.id,
      helpTopicId: topic.id,
      statusId: status.id,
      state: status.state,
      priorityId: priority.id,
      urgency: priority.urgency,
      assigneeId: assignee,
      teamId: null,
      channel: 'email',
      mailboxId: null,
      place: 'desk',
      createdAt,
      updatedAt: lastAt,
      waitingSince: waits ? lastAt : null,
      lastMessageAt: of('message'),
      lastResponseAt: of('response'),
      firstResponseAt,
      dueAt: due.at,
      dueKind: due.kind,
      statusReason: null,
      resolvedAt: isDone ? lastAt : null,
      closedAt: status.state === 'closed' ? lastAt : null,
      reopenedAt: null,
      continuesId: null,
      entries,
    }
  }

  const tickets: number[] = []
  while (tickets.length < options.tickets) {
    const chunk = Array.from({ length: Math.min(500, options.tickets - tickets.length) }, one)
    tickets.push(...(await bulkLoadTickets(ctx, chunk)))
    options.onProgress?.(tickets.length, options.tickets)
  }
  return { agents, people: people.length, tickets }
}
