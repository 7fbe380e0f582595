import { defineEvent } from '#core/events.ts'

export const settingsChanged = defineEvent<{ changes: Record<string, { from: unknown; to: unknown }> }>('settings.changed')
