import type { Context } from '#core/context.ts'
import { seededRandom } from '#core/random.ts'
import { readHelpTopics } from '#routing/help-topics.ts'
import { bulkLoadTickets, type LoadedTicket } from '#tickets/bulk-load-tickets.ts'
import { takenNumbers } from '#workflow/bulk-load-numbers.ts'
import { readWorkflow } from '#workflow/workflow.ts'
import { german } from './background-de.ts'
import { english, offices } from './background-en.ts'
import { french, japanese, spanish } from './background-others.ts'
import { type AgentKey, agents, type Cast, type Customer, type DepartmentKey, type Language } from './cast.ts'

/** One exchange as it was written, with what differs each time in braces: {shop} {floor} {order} {invoice} {first} {name} {agent}. */
export interface Conversation {
  subjects: readonly string[]
  /** The customer's, then the agent's, and so on. */
  turns: readonly string[]
  department?: DepartmentKey
  priority?: 'urgent' | 'high' | 'low'
}

const ofShops = (said: Conversation): boolean =>
  /\{shop\}/.test(said.subjects.join() + said.turns.join()) || said.department === 'it'
const isBilling = (said: Conversation): boolean => said.department === 'billing'

/** What a customer would write: our own shops get no invoices, and offices have no till. */
const speakers: Record<Language | 'shops', readonly Conversation[]> = {
  shops: english.filter((said) => !isBilling(said)),
  en: [...offices, ...english.filter((said) => !ofShops(said))],
  de: german,
  fr: french,
  es: spanish,
  ja: japanese,
}
type Speaker = keyof typeof speakers

/** How often each is heard, of a hundred. */
const heard: readonly (readonly [Speaker, number])[] = [
  ['shops', 40],
  ['en', 22],
  ['de', 19],
  ['fr', 8],
  ['es', 8],
  ['ja', 3],
]

const who: Record<DepartmentKey, readonly AgentKey[]> = {
  support: ['sam', 'sam', 'jonas', 'mona'],
  billing: ['ines', 'ines', 'sam'],
  it: ['jonas', 'jonas', 'ada'],
}

const DAY = 86_400_000

/**
 * What was asked and answered over the last thirty days: resolved in the last week, closed before, and some that wait for their
 * customer. Loaded in bulk, so without events. The same each time but for the moment that it ends at.
 */
export async function loadBackground(ctx: Context, cast: Cast, count: number): Promise<void> {
  const random = seededRandom('harbour coffee')
  const below = (max: number): number => random.bytes(6).readUIntBE(0, 6) % max
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!
  const now = ctx.clock.now().getTime()
  const { statuses, priorities } = await readWorkflow(ctx)
  const topic = (await readHelpTopics(ctx)).find((one) => !one.isArchived)?.id ?? null
  const taken = await takenNumbers(ctx)
  const number = (): string => {
    for (;;) {
      const candidate = random.digits(6)
      if (taken.has(candidate)) continue
      taken.add(candidate)
      return candidate
    }
  }
  const speakerOf = (customer: Customer): Speaker => (customer.shop ? 'shops' : customer.language)
  const someSpeaker = (): Speaker => {
    let left = below(100)
    for (const [speaker, share] of heard) {
      left -= share
      if (left < 0) return speaker
    }
    return 'shops'
  }
  // Each goes through its conversations in turn, so that the same one comes back as late as it can.
  const turn: Record<Speaker, number> = { shops: 0, en: 0, de: 0, fr: 0, es: 0, ja: 0 }
  const next = (speaker: Speaker): { said: Conversation; round: number } => {
    const list = speakers[speaker]
    const at = turn[speaker]++
    return { said: list[at % list.length]!, round: Math.floor(at / list.length) }
  }

  const one = (index: number): LoadedTicket => {
    const speaker = someSpeaker()
    const customer = pick(cast.customers.filter((candidate) => speakerOf(candidate) === speaker))
    const { said, round } = next(speaker)
    const department = said.department ?? 'support'
    const agent = pick(who[department])
    const values: Record<string, string> = {
      shop: String(customer.shop ?? 1 + below(60)),
      floor: String(1 + below(9)),
      order: String(48_000 + below(9_000)),
      invoice: `HC-${29_000 + below(2_000)}`,
      first: customer.language === 'de' || customer.language === 'ja' ? customer.name : customer.name.split(' ')[0]!,
      name: customer.name,
      agent: agents[agent].name.split(' ')[0]!,
    }
    const filled = (text: string): string => text.replace(/\{(\w+)\}/g, (_, key: string) => values[key] ?? '')

    // Oldest first, evenly over the month with a little unrest; nothing of the last hours, which belong to what waits.
    const age = 30 * DAY * (1 - index / count)
    const createdAt = Math.min(now - age + below(5 * 3600) * 1000, now - 5 * 3600_000)
    const entries: Array<LoadedTicket['entries'][number]> = []
    let at = createdAt
    for (const [index, text] of said.turns.entries()) {
      const byAgent = index % 2 === 1
      const gap = byAgent ? (10 + below(150)) * 60_000 : (30 + below(20 * 60)) * 60_000
      // What has not happened yet is not written yet; the first answer always has.
      if (index > 1 && at + gap > now - 600_000) break
      if (index > 0) at += gap
      entries.push({
        kind: byAgent ? 'response' : 'message',
        channel: byAgent ? 'web' : 'email',
        author: byAgent
          ? {
              kind: 'agent',
              id: cast.agents[agent],
              name: agents[agent].name,
              address: `${agent}@${cast.mailboxes.support.address.split('@')[1]}`,
            }
          : { kind: 'user', id: customer.id, name: customer.name, address: customer.address },
        bodyText: filled(text),
        bodyHtml: null,
        createdAt: new Date(at),
      })
    }
    const whole = entries.length === said.turns.length
    const key = !whole || (now - at < 2 * DAY && entries.length === 2) ? 'waiting' : now - at < 6 * DAY ? 'resolved' : 'closed'
    // An unfinished one ends with the agent's word: its customer is to answer.
    if (key === 'waiting' && entries.length % 2 === 1) entries.pop()
    const last = entries.at(-1)!.createdAt
    const status = statuses.find((candidate) => candidate.key === key)!
    const priority = priorities.find((candidate) => candidate.key === (said.priority ?? 'normal'))!
    const of = (kind: string): Date | null => entries.filter((entry) => entry.kind === kind).at(-1)?.createdAt ?? null
    return {
      number: number(),
      subject: filled(said.subjects[round % said.subjects.length]!),
      requesterId: customer.id,
      requester: customer,
      departmentId: cast.departments[department],
      helpTopicId: topic,
      statusId: status.id,
      state: status.state,
      priorityId: priority.id,
      urgency: priority.urgency,
      assigneeId: cast.agents[agent],
      teamId: null,
      channel: 'email',
      mailboxId: cast.mailboxes[department].id,
      place: 'desk',
      createdAt: new Date(createdAt),
      updatedAt: last,
      waitingSince: null,
      lastMessageAt: of('message'),
      lastResponseAt: of('response'),
      firstResponseAt: entries.find((entry) => entry.kind === 'response')?.createdAt ?? null,
      dueAt: null,
      dueKind: null,
      statusReason: null,
      resolvedAt: key === 'waiting' ? null : last,
      closedAt: key === 'closed' ? last : null,
      reopenedAt: null,
      continuesId: null,
      entries,
    }
  }
  await bulkLoadTickets(
    ctx,
    Array.from({ length: count }, (_, index) => one(index)),
  )
}
