import type { EventFacts } from './events.ts'

/** What a screen is told: enough for the gate and to know what to fetch again, never a word of content. */
export interface LiveEvent {
  id: number
  verb: string
  subject: { kind: string; id: number }
  facts: EventFacts
  /** For signs that are no event (id 0), such as presence: sent along as it is to those who may see the subject. */
  more?: Record<string, unknown>
}

/** Carries live events and cache drops between nodes. */
export interface LiveBus {
  tell(event: LiveEvent): void
  dropCache(name: string): void
  /** Returns the function that ends the subscription. */
  subscribe(listener: (event: LiveEvent) => void): () => void
}

/** Told to this node's own listeners when the node was deaf for a while: whoever relies on hearing everything must begin anew. */
export const LOST = 'live.lost'

/** For commands and tests that have nobody listening. */
export const quietBus: LiveBus = { tell: () => {}, dropCache: () => {}, subscribe: () => () => {} }
