import { defineEvent } from '#core/events.ts'

export const agentCreated = defineEvent<{ administrator: boolean }>('agent.created')
export const agentChanged = defineEvent<{ changes: Record<string, unknown> }>('agent.changed')
export const departmentChanged = defineEvent<{ changes: Record<string, unknown> }>('department.changed')
export const teamChanged = defineEvent<{ changes: Record<string, unknown> }>('team.changed')
export const addressBanned = defineEvent<Record<string, never>>('address.banned')
export const addressUnbanned = defineEvent<Record<string, never>>('address.unbanned')
/** A sender's mail is not suspended as spam any more, or is from now on, or neither. */
export const senderStanding = defineEvent<{ standing: 'trusted' | 'spam' | null }>('sender.changed')
export const endUserChanged = defineEvent<{ changes: string[] }>('end_user.changed')
