import { agentActor } from '#access/actors.ts'
import { agentFacts } from '#access/agent-facts.ts'
import { receiveMail } from '#channels/receive-mail.ts'
import { addSeconds } from '#core/clock.ts'
import { actingAs, type Context } from '#core/context.ts'
import { receiveMessage } from '#intake/receive-message.ts'
import { addNote } from '#tickets/add-note.ts'
import { replyToTicket } from '#tickets/reply.ts'
import { seeTicket } from '#tickets/ticket-access.ts'
import type { AgentKey, Cast } from './cast.ts'
import type { Outbox } from './outbox.ts'
import { passes, type RawMail, writeRawMail } from './raw-mail.ts'

/** A ticket of a story, once its first step has run. */
export interface Placed {
  id: number
  number: string
}

type Act = (then: Moment) => Promise<void>

/** What a mail of a story says; the rest is made. */
export interface StoryMail extends Partial<Omit<RawMail, 'from' | 'to'>> {
  from: { name: string; address: string }
  to?: string
  subject: string
  text: string
  /** The server in front found the sender to be a forgery. */
  forged?: boolean
}

/** One moment of the past: verbs run as if it were now. */
export class Moment {
  readonly ctx: Context
  readonly cast: Cast
  constructor(ctx: Context, cast: Cast) {
    this.ctx = ctx
    this.cast = cast
  }

  get now(): Date {
    return this.ctx.clock.now()
  }

  /** The same moment with an agent's rights. */
  async as(agent: AgentKey): Promise<Context> {
    return actingAs(this.ctx, agentActor((await agentFacts(this.ctx, this.cast.agents[agent]))!))
  }

  /** A mail through the whole intake: stored, parsed, judged, threaded, posted. The ticket it landed on; null when it was suspended. */
  async mail(mail: StoryMail): Promise<Placed | null> {
    const { forged, ...written } = mail
    const { address } = mail.from
    const domain = address.slice(address.lastIndexOf('@') + 1)
    const to = mail.to ?? this.cast.mailboxes.support.address
    const raw = writeRawMail({
      ...written,
      to,
      date: this.now,
      messageId: mail.messageId ?? `${this.ctx.random.uuid()}@${domain}`,
      checks: forged ? failing(domain) : passes(address),
    })
    return this.raw(raw, forged ? 'bounce@mail-cheap.example' : address, to)
  }

  /** The same with octets that were written elsewhere. `from`: the envelope's. */
  async raw(raw: Buffer, from: string, to: string): Promise<Placed | null> {
    const { id } = await receiveMail(this.ctx, { raw, from, to: [to] })
    const { ticket } = await receiveMessage(this.ctx, id)
    if (ticket === null) return null
    return { id: ticket, number: (await seeTicket(this.ctx, { id: ticket })).number }
  }

  /** An agent's answer, gone at once. */
  async reply(agent: AgentKey, ticket: Placed, body: string, status?: string): Promise<void> {
    await replyToTicket(
      await this.as(agent),
      { id: ticket.id },
      { body, format: 'text', sendAnyway: true, ...(status ? { status } : {}) },
      { undoSeconds: 0 },
    )
  }

  async note(agent: AgentKey, ticket: Placed, body: string): Promise<number> {
    return (await addNote(await this.as(agent), { id: ticket.id }, { body, format: 'text' })).entry
  }
}

const failing = (domain: string): string =>
  `mx.harbourcoffee.example; dkim=none; spf=fail smtp.mailfrom=mail-cheap.example; dmarc=fail (p=reject) header.from=${domain}`

/** What the stories have to do, in the order of time, whichever story it belongs to. */
export class Scene {
  readonly cast: Cast
  readonly outbox: Outbox
  /** What a customer answers when somebody has their ticket on screen. */
  readonly answers = new Map<string, string>()
  readonly #acts: { minutes: number; act: Act }[] = []
  readonly #stories = new Map<string, () => Placed | null>()

  constructor(cast: Cast, outbox: Outbox) {
    this.cast = cast
    this.outbox = outbox
  }

  /** Runs `minutes` before now. */
  at(minutes: number, act: Act): void {
    this.#acts.push({ minutes, act })
  }

  /** A story to be found from "Start here"; asked for its ticket at the end. */
  tells(key: string, ticket: () => Placed | null): void {
    this.#stories.set(key, ticket)
  }

  /** Plays it. After each moment `settle` runs the jobs that it left, with the clock of that moment. */
  async play(ctx: Context, settle: (then: Context) => Promise<void>): Promise<{ key: string; number: string }[]> {
    const now = ctx.clock.now()
    for (const { minutes, act } of [...this.#acts].sort((a, b) => b.minutes - a.minutes)) {
      const at = addSeconds(now, -Math.round(minutes * 60))
      const then: Context = { ...ctx, clock: { now: () => at } }
      await act(new Moment(then, this.cast))
      await settle(then)
    }
    return [...this.#stories].map(([key, ticket]) => {
      const placed = ticket()
      if (!placed) throw new Error(`The story ${key} has no ticket`)
      return { key, number: placed.number }
    })
  }
}
