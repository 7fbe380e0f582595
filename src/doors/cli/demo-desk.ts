import { agentActor } from '#access/actors.ts'
import { agentFacts } from '#access/agent-facts.ts'
import { readRoles, setGrants } from '#access/roles.ts'
import { addSeconds } from '#core/clock.ts'
import { actingAs, type Context } from '#core/context.ts'
import { createAgent } from '#people/agents.ts'
import { createDepartment } from '#people/departments.ts'
import { defaultDepartment } from '#people/directory.ts'
import { changeSettings } from '#settings/change-settings.ts'
import { hashPassword } from '#sign-in/password.ts'
import { addNote } from '#tickets/add-note.ts'
import { assignTicket } from '#tickets/assign.ts'
import { changeStatus } from '#tickets/change-status.ts'
import { openTicket } from '#tickets/open-ticket.ts'
import { replyToTicket } from '#tickets/reply.ts'
import { readWorkflow } from '#workflow/workflow.ts'

export interface DemoLogin {
  name: string
  email: string
  password: string
  role: string
}

type Who = 'ada' | 'sam' | 'mia'
type Step = { hours: number; by: Who } & ({ reply: string } | { note: string } | { status: string } | { claim: true })
type Story = {
  from: string
  subject: string
  says: string
  hours: number
  channel: 'email' | 'web' | 'api'
  priority?: 'urgent' | 'high' | 'low'
  department?: 'billing'
  later: Step[]
}

const cast: Record<Who, { name: string; administrator: boolean; role: 'manager' | 'agent' }> = {
  ada: { name: 'Ada Okafor', administrator: true, role: 'manager' },
  sam: { name: 'Sam Lindqvist', administrator: false, role: 'agent' },
  mia: { name: 'Mia Tanaka', administrator: false, role: 'agent' },
}

/** Hours are before now; what was not answered waits. */
const stories: Story[] = [
  {
    from: 'Kim Alvarez',
    subject: 'Order 4417 arrived without the charger',
    says: 'Hello,\n\nthe parcel came today, but the charger is missing. The delivery note lists it. Could you send it on?\n\nKim',
    hours: 30,
    channel: 'email',
    later: [
      { hours: 29, by: 'sam', claim: true },
      { hours: 28, by: 'sam', note: 'The warehouse found it on the packing table. Goes out with the 4 pm courier.' },
      {
        hours: 27,
        by: 'sam',
        reply: 'Hello Kim,\n\nsorry about that. The charger leaves us today and should be with you tomorrow by noon.\n\nSam',
      },
    ],
  },
  {
    from: 'Jonas Weber',
    subject: 'Rechnung 2026-1183 zweimal abgebucht',
    says: 'Guten Tag,\n\ndie Rechnung 2026-1183 wurde zweimal abgebucht. Bitte erstatten Sie einen Betrag.\n\nMit freundlichen Grüßen\nJonas Weber',
    hours: 5,
    channel: 'email',
    priority: 'high',
    department: 'billing',
    later: [{ hours: 4, by: 'mia', claim: true }],
  },
  {
    from: 'Priya Raman',
    subject: 'Nobody in our office can sign in since this morning',
    says: 'All twelve of us get "session expired" right after the password. Chrome and Firefox, also from home. We cannot work.',
    hours: 1,
    channel: 'web',
    priority: 'urgent',
    later: [],
  },
  {
    from: 'Tomasz Nowak',
    subject: 'How do I export last year as CSV?',
    says: 'I only find the export of the current month. Is there a way to get the whole year at once?',
    hours: 74,
    channel: 'web',
    later: [
      { hours: 70, by: 'mia', claim: true },
      {
        hours: 69,
        by: 'mia',
        reply:
          'Hi Tomasz,\n\nyes: Reports → Period → Custom, then Export at the top right. It takes up to a minute for a year.\n\nMia',
      },
      { hours: 48, by: 'mia', status: 'resolved' },
    ],
  },
  {
    from: 'Leila Haddad',
    subject: 'Please add a dark mode',
    says: 'I work at night and my eyes would thank you.',
    hours: 120,
    channel: 'web',
    priority: 'low',
    later: [{ hours: 119, by: 'sam', note: 'Third request this month.' }],
  },
  {
    from: 'Grace Mbeki',
    subject: 'New colleague needs access to the shared drive',
    says: 'Peter Daniels starts on Monday. He needs the same access as me.',
    hours: 20,
    channel: 'email',
    later: [{ hours: 19, by: 'ada', claim: true }],
  },
  {
    from: 'Oliver Grant',
    subject: 'Webhook deliveries fail with 410',
    says: 'Since about 09:40 UTC every delivery to https://hooks.example.net/in fails with 410. We did not change anything.',
    hours: 3,
    channel: 'api',
    priority: 'high',
    later: [{ hours: 2, by: 'sam', note: 'Their certificate changed at 09:38. Asked the network team.' }],
  },
  {
    from: 'Chiara Conti',
    subject: 'Change of address for our invoices',
    says: 'Please send invoices to Via Roma 12, 20121 Milano from now on.',
    hours: 52,
    channel: 'email',
    department: 'billing',
    later: [
      { hours: 51, by: 'mia', claim: true },
      { hours: 50, by: 'mia', reply: 'Dear Chiara,\n\ndone. The next invoice goes to the new address.\n\nMia' },
      { hours: 49, by: 'mia', status: 'closed' },
    ],
  },
  {
    from: 'Noah Fischer',
    subject: 'App crashes when I attach a photo',
    says: 'Version 4.2 on a Pixel 8. It closes as soon as I choose a picture. Smaller ones work.',
    hours: 26,
    channel: 'email',
    later: [
      { hours: 25, by: 'sam', claim: true },
      { hours: 24, by: 'sam', reply: 'Hi Noah,\n\nthank you, that helps. Roughly how large is the picture that fails?\n\nSam' },
    ],
  },
  {
    from: 'Hana Sato',
    subject: 'Your newsletter link leads to a missing page',
    says: 'The link "Read the guide" in today\'s newsletter shows "Page not found".',
    hours: 7,
    channel: 'web',
    later: [],
  },
]

/** Fills an empty desk through the same verbs that people use, with times before now. Returns how to sign in. */
export async function fillDemoDesk(ctx: Context): Promise<DemoLogin[]> {
  const now = ctx.clock.now()
  const hoursAgo = (hours: number): Context => ({ ...ctx, clock: { now: () => addSeconds(now, Math.round(-hours * 3600)) } })
  await changeSettings(ctx, { 'desk.name': 'Northwind Support', 'setup.completedAt': now.toISOString() })
  const support = await defaultDepartment(ctx)
  const billing = await createDepartment(ctx, { name: 'Billing' })
  const roles = await readRoles(ctx)

  const logins: DemoLogin[] = []
  const agents = {} as Record<Who, number>
  for (const [who, { name, administrator, role }] of Object.entries(cast) as [Who, (typeof cast)[Who]][]) {
    const password = ctx.random.bytes(9).toString('base64url')
    const email = `${who}@northwind.example`
    const { id } = await createAgent(ctx, { name, email, administrator }, await hashPassword(password))
    const granted = roles.find((one) => one.key === role)
    if (granted)
      await setGrants(
        ctx,
        id,
        [support, billing].map((department) => ({ department: department.id, role: granted.id })),
      )
    agents[who] = id
    logins.push({ name, email, password, role: administrator ? 'administrator' : 'agent' })
  }

  const { priorities } = await readWorkflow(ctx)
  for (const story of [...stories].sort((a, b) => b.hours - a.hours)) {
    const { id } = await openTicket(
      hoursAgo(story.hours),
      {
        requester: { name: story.from, email: `${story.from.toLowerCase().replace(/\W+/g, '.')}@customer.example` },
        subject: story.subject,
        message: story.says,
        department: story.department === 'billing' ? billing.id : null,
        priority: priorities.find((one) => one.key === story.priority)?.id ?? null,
        autorespond: false,
        alert: false,
      },
      { channel: story.channel },
    )
    for (const step of story.later) {
      const facts = await agentFacts(ctx, agents[step.by])
      if (!facts) continue
      const by = actingAs(hoursAgo(step.hours), agentActor(facts))
      if ('reply' in step) await replyToTicket(by, { id }, { body: step.reply, format: 'text' })
      else if ('note' in step) await addNote(by, { id }, { body: step.note, format: 'text' })
      else if ('status' in step) await changeStatus(by, { id }, { status: step.status })
      else await assignTicket(by, { id }, { agent: agents[step.by] })
    }
  }
  return logins
}
