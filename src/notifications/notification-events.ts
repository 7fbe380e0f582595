import { defineEvent } from '#core/events.ts'

/** Somebody asked again who has as many open requests as the desk confirms: they were told once, and administrators are. */
export const overLimit = defineEvent<{ open: number; limit: number }>('ticket.over_limit')
