import type { Context } from '#core/context.ts'
import { assignTicket } from '#tickets/assign.ts'
import { editTicket } from '#tickets/edit-ticket.ts'
import { openTicket } from '#tickets/open-ticket.ts'
import { readWorkflow } from '#workflow/workflow.ts'
import { loadBackground } from './background.ts'
import { openCast } from './cast.ts'
import type { DemoDesk, DemoWorld } from './demo-desk.ts'
import { Scene } from './scene.ts'
import { openStartHere } from './start-here.ts'
import { tellMail } from './stories-mail.ts'
import { tellShops } from './stories-shops.ts'
import { waiting } from './waiting.ts'

/** Tickets that were answered before; with the stories and what waits, some four hundred. */
const BACKGROUND = 368

/**
 * Fills an empty desk: people, a month of answered tickets, what waits now, and the twelve stories, through the verbs that people
 * and mails use, at their times before now. `settle` runs the jobs that are due at the time of the context it gets.
 */
export async function fillDemoDesk(ctx: Context, demo: DemoDesk, settle: (then: Context) => Promise<void>): Promise<DemoWorld> {
  const cast = await openCast(ctx)
  await loadBackground(ctx, cast, BACKGROUND)

  const scene = new Scene(cast, demo.outbox)
  tellShops(scene)
  tellMail(scene)
  const { priorities } = await readWorkflow(ctx)
  for (const one of waiting) {
    const from = cast.customer(one.from)
    scene.at(one.minutes, async (then) => {
      const ticket =
        one.channel === 'web'
          ? await openTicket(
              then.ctx,
              {
                requester: { name: from.name, email: from.address },
                subject: one.subject,
                message: one.text,
                department: cast.departments[one.department ?? 'support'],
              },
              { channel: 'web' },
            )
          : await then.mail({
              from,
              to: cast.mailboxes[one.department ?? 'support'].address,
              subject: one.subject,
              text: one.text,
            })
      const priority = priorities.find((candidate) => candidate.key === one.priority)
      if (ticket && priority) await editTicket(await then.as('mona'), ticket, { priority: priority.id })
      if (ticket && one.assignee) await assignTicket(await then.as('mona'), ticket, { agent: cast.agents[one.assignee] })
    })
  }
  const stories = await scene.play(ctx, settle)
  const startHere = await openStartHere(ctx, cast, stories)
  await settle(ctx)

  return {
    people: cast.people,
    startHere,
    stories,
    writers: cast.customers.map(({ name, address }) => ({ name, address })),
    mailboxes: [cast.mailboxes.support.address, cast.mailboxes.billing.address],
    answers: scene.answers,
    colleagues: [cast.agents.jonas, cast.agents.theo],
  }
}
