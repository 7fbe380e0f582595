import { defineEvent } from '#core/events.ts'

export const roleChanged = defineEvent<{ changes: Record<string, unknown> }>('role.changed')
export const grantsChanged = defineEvent<{ grants: Array<{ department: number; role: number }> }>('agent.grants_changed')
export const tokenCreated = defineEvent<{ kind: string; scopes: string[] }>('api_token.created')
export const tokenRevoked = defineEvent<Record<string, never>>('api_token.revoked')
