import { agentActor } from '#access/actors.ts'
import { agentFacts } from '#access/agent-facts.ts'
import { actingAs, type Context } from '#core/context.ts'
import { findEndUser } from '#people/end-users.ts'
import { setPresence, ticketsOnScreen } from '#presence/presence.ts'
import { seeTicket } from '#tickets/ticket-access.ts'
import type { DemoDesk, DemoWorld } from './demo-desk.ts'
import { newcomers } from './newcomers.ts'
import { handInFrom } from './write-as-customer.ts'

const LOOK_MS = 2_000
/** How long a ticket is on screen before a colleague comes along, before the customer writes, and before the colleague leaves. */
const COLLEAGUE_MS = 8_000
const ANSWER_MS = 15_000
const LEAVE_MS = 70_000
/** Between two answers, so that nobody drowns in them; and between two new tickets. */
const BETWEEN_ANSWERS_MS = 30_000
const NEWCOMER_MS = 4 * 60_000

interface Seen {
  since: number
  colleague: number | null
  colleagueLeft: boolean
  answered: boolean
}

export interface Life {
  /** What is due now happens; called by the clock, and by tests. */
  turn(): Promise<void>
  stop(): Promise<void>
}

/**
 * What happens while somebody looks: a colleague comes along, the customer of the ticket on screen writes by mail, and now and then
 * there is a new request. All through the doors that mails and agents use. `ctx` acts as the system.
 */
export function openLife(ctx: Context, demo: DemoDesk): Life {
  const seen = new Map<number, Seen>()
  const began = ctx.clock.now().getTime()
  let lastAnswer = 0
  let newcomer = 0
  let running: Promise<void> = Promise.resolve()

  async function turn(): Promise<void> {
    const { world } = demo
    if (!world) return
    const now = ctx.clock.now().getTime()
    const looked = await ticketsOnScreen(ctx)
    const visited = new Set(looked.filter((one) => !world.colleagues.includes(one.agent)).map((one) => one.ticket))
    for (const ticket of visited) {
      const held = seen.get(ticket) ?? { since: now, colleague: null, colleagueLeft: false, answered: false }
      seen.set(ticket, held)
      const age = now - held.since
      if (age >= COLLEAGUE_MS) await keepCompany(ctx, world, ticket, held, age)
      if (age >= ANSWER_MS && !held.answered && now - lastAnswer >= BETWEEN_ANSWERS_MS) {
        held.answered = true
        if (await answer(ctx, demo, world, ticket)) lastAnswer = now
      }
    }
    // Who went away and comes back later meets nobody new, and the colleague does not stay alone.
    for (const [ticket, held] of seen) if (!visited.has(ticket)) await keepCompany(ctx, world, ticket, held, LEAVE_MS)
    if (now - began >= (newcomer + 1) * NEWCOMER_MS && demo.handIn) {
      const next = newcomers[newcomer++ % newcomers.length]!
      const from = world.writers.find((one) => one.name === next.from)
      if (from) {
        const mail = { name: from.name, from: from.address, to: world.mailboxes[0]!, subject: next.subject, message: next.text }
        await handInFrom(ctx, demo.handIn, mail)
      }
    }
  }

  return {
    turn() {
      running = running.then(turn)
      return running
    },
    async stop() {
      await running.catch(() => {})
    },
  }
}

/** Lives by the clock until it is stopped. */
export function liveOn(ctx: Context, demo: DemoDesk): Life {
  const life = openLife(ctx, demo)
  let busy = false
  const timer = setInterval(() => {
    if (busy) return
    busy = true
    life
      .turn()
      .catch((error: unknown) => ctx.log.warn({ err: error }, 'the demonstration stumbled'))
      .finally(() => {
        busy = false
      })
  }, LOOK_MS)
  return {
    turn: life.turn,
    stop: () => {
      clearInterval(timer)
      return life.stop()
    },
  }
}

/** A colleague looks, then writes, then leaves. */
async function keepCompany(ctx: Context, world: DemoWorld, ticket: number, held: Seen, age: number): Promise<void> {
  if (held.colleagueLeft) return
  if (held.colleague === null) {
    if (age >= LEAVE_MS) return
    held.colleague = world.colleagues[ticket % world.colleagues.length] ?? null
  }
  const facts = held.colleague === null ? null : await agentFacts(ctx, held.colleague)
  if (!facts) return
  const colleague = actingAs(ctx, agentActor(facts))
  const isGone = age >= LEAVE_MS
  const isWriting = age >= ANSWER_MS && colleague.actor.may('ticket.reply')
  if (isGone) held.colleagueLeft = true
  // Somebody who may not see this ticket just does not come.
  await setPresence(colleague, { id: ticket }, isGone ? null : isWriting ? 'replying' : 'viewing').catch(() => {
    held.colleagueLeft = true
  })
}

/** The customer of a ticket writes on it, by mail. False when there is nobody to write. */
async function answer(ctx: Context, demo: DemoDesk, world: DemoWorld, id: number): Promise<boolean> {
  const ticket = await seeTicket(ctx, { id }).catch(() => null)
  const text = ticket && (world.answers.get(ticket.number) ?? (ticket.state === 'open' ? usual(ticket.subject) : null))
  const writer = ticket && (await findEndUser(ctx, ticket.requesterId))
  // The boss is forged and the robots have had their say.
  const isStory = ticket && world.stories.some((one) => one.number === ticket.number)
  if (!ticket || !text || !writer || !demo.handIn || (isStory && !world.answers.has(ticket.number))) return false
  if (ticket.number === world.startHere) return false
  await handInFrom(ctx, demo.handIn, {
    name: writer.name,
    from: writer.address,
    to: world.mailboxes[0]!,
    subject: `Re: ${ticket.subject} [#${ticket.number}]`,
    message: text,
  })
  return true
}

/** In the language of the subject, as far as its letters tell. */
function usual(subject: string): string {
  if (/[\u3040-\u30ff\u4e00-\u9fff]/.test(subject))
    return 'お世話になっております。その後いかがでしょうか。お手数ですがご確認をお願いいたします。'
  if (/[äöüß]|\b(die|der|das|für|und|Rechnung)\b/.test(subject))
    return 'Hallo,\n\ngibt es schon etwas Neues? Eine kurze Rückmeldung würde mir reichen.\n\nDanke und viele Grüße'
  if (/[éèêç]|\b(le|la|les|votre|Facture)\b/.test(subject))
    return 'Bonjour,\n\navez-vous du nouveau ? Un petit mot me suffirait.\n\nMerci beaucoup'
  if (/[ñ¿¡áíóú]|\b(el|los|para|Pedido|Factura)\b/.test(subject))
    return 'Hola:\n\n¿hay alguna novedad? Con una línea me basta.\n\nGracias'
  return 'Hello,\n\nis there any news yet? A line would do.\n\nThank you'
}
