import { agentActor } from '#access/actors.ts'
import { agentFacts } from '#access/agent-facts.ts'
import { actingAs, type Context } from '#core/context.ts'
import { publicAddress } from '#settings/settings.ts'
import { addNote } from '#tickets/add-note.ts'
import { openTicket } from '#tickets/open-ticket.ts'
import { pinNote } from '#tickets/pin-note.ts'
import { readWorkflow } from '#workflow/workflow.ts'
import type { Cast } from './cast.ts'

/** What each story shows, in the order of the list. */
const lines: Readonly<Record<string, readonly [title: string, look: string]>> = {
  nearBreach: ['Nearly too late', 'the clock, why it runs that fast, and who said so'],
  outage: ['One outage, ten tickets', 'the parent with its nine children, and the pinned note'],
  twins: ['Merged twins', 'the form and the mail of one customer, in one conversation'],
  reopened: ['Angry and back', 'an answer to a resolved ticket, which opened it again'],
  forged: ['The boss who was not', 'a mail in the name of our own house, whose check failed'],
  mailboxFull: ['Not delivered', 'the answer that met a full mailbox, and what to do about it'],
  loop: ['A loop that was stopped', 'two robots thanking each other; see Suspended mail as Administrator'],
  phoned: ['A call', 'a ticket that an agent opened for somebody on the phone'],
  longQuote: ['Outlook, in German', 'three quoted mails folded away, the new lines in sight'],
  winmail: ['winmail.dat, opened', 'the two files that Outlook had wrapped up'],
  filtered: ['Sorted by a filter', 'sent to Support, moved to Billing: the history says by which filter'],
  snoozed: ['Asleep until Monday', 'out of the queues, and back in time or when the customer writes'],
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

/** The ticket that leads to all others, assigned to the agent a visitor plays. Returns its number. */
export async function openStartHere(
  ctx: Context,
  cast: Cast,
  stories: readonly { key: string; number: string }[],
): Promise<string> {
  const base = await publicAddress(ctx)
  const { priorities } = await readWorkflow(ctx)
  const ticket = await openTicket(
    ctx,
    {
      requester: { name: 'Your guide', email: 'guide@tessera.example' },
      subject: 'Start here: twelve tickets worth a look',
      message:
        'Welcome to Harbour Coffee, a roastery with sixty shops.\n\nYou are looking at a desk in use. Nothing here is real, and nothing leaves this machine: what you send ends in the outbox, which the strip at the top opens. From there you also change sides, with one click: agent, team lead, administrator, customer.\n\nThe pinned note leads to twelve tickets. Open one, wait a moment, and somebody will write.',
      priority: priorities.find((one) => one.key === 'low')?.id ?? null,
      assignee: cast.agents.sam,
      autorespond: false,
      alert: false,
    },
    { channel: 'web' },
  )
  const items = Object.entries(lines).flatMap(([key, [title, look]]) => {
    const story = stories.find((one) => one.key === key)
    return story ? [`<li><a href="${base}/agent/tickets/${story.number}">${escaped(title)}</a>: ${escaped(look)}</li>`] : []
  })
  const mona = actingAs(ctx, agentActor((await agentFacts(ctx, cast.agents.mona))!))
  const { entry } = await addNote(
    mona,
    { id: ticket.id },
    { body: `<p>Twelve tickets, each with something to see:</p><ol>${items.join('')}</ol>`, format: 'html' },
  )
  await pinNote(mona, { id: ticket.id }, entry)
  return ticket.number
}
