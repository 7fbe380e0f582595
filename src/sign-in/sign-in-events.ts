import { defineEvent } from '#core/events.ts'

export const signedIn = defineEvent<{ by: 'password' | 'link' | 'invitation' | 'reset' | 'confirmation' }>('session.started')
export const signedOutEverywhere = defineEvent<Record<string, never>>('session.ended_everywhere')
export const passwordChanged = defineEvent<{ by: 'self' | 'reset' | 'invitation' | 'confirmation' }>('password.changed')
export const agentInvited = defineEvent<Record<string, never>>('agent.invited')
