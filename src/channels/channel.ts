import type { Context } from '#core/context.ts'
import type { EventFacts } from '#core/events.ts'
import { defineSlot } from '#core/slots.ts'
import type { OutboundMessage } from './outbound-message.ts'

/** try_again: wait and repeat. final: it will not arrive. ask_administrator: nothing goes out until a person changes a setting. */
export type FailureClass = 'try_again' | 'final' | 'ask_administrator'

export type SendResult =
  | {
      ok: true
      /** The server's words. */
      response: string
      /** Recipients that the server refused while it took the others; a temporary one is asked for again. `reason` as below. */
      refused: { address: string; detail: string; reason: string; temporary: boolean }[]
    }
  | {
      ok: false
      class: FailureClass
      /** A key under `mail.failure`. */
      reason: string
      detail: string
      /** Nothing was tried, because this server failed a moment ago: not before this time, and not counted as an attempt. */
      retryAt?: Date
    }

/** A way messages leave the desk (and, by the doors, come in). Must pass channel-contract.test.ts. */
export interface Channel {
  /** As stored with every message: `email`. */
  readonly name: string
  /** Hands one message to the outside. The same message gives the same bytes every time. Never rejects. */
  send(ctx: Context, message: OutboundMessage): Promise<SendResult>
}

export const channels = defineSlot<Channel>('channels')

/** Who may learn what became of a message: the room that owns the ticket says, by name of the subject's kind (`ticket`). */
export interface MessageSubject {
  readonly name: string
  factsOf(ctx: Context, id: number): Promise<EventFacts | null>
}

export const messageSubjects = defineSlot<MessageSubject>('message subjects')
