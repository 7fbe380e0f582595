import { expect, test } from 'vitest'
import type { ShownMailbox } from '#channels/show-mailboxes.ts'
import { OAuthForm, oauthInput } from './oauth-form.ts'

const form = (more: Record<string, string>) =>
  OAuthForm.parse({
    provider: 'microsoft',
    access: 'graph',
    grant: 'client_credentials',
    address: 'support@desk.example',
    department: '1',
    clientId: 'desk',
    ...more,
  })

test.each([
  ['graph', { pollSeconds: 15, batch: 50 }],
  ['imap_smtp', { pollSeconds: 60, batch: 50 }],
] as const)('by %s, a pace that is not given is its usual one', (access, usual) => {
  const { graph, imap, silentAfterHours } = oauthInput(form({ access }), null)
  expect(graph ?? imap).toMatchObject(usual)
  expect(silentAfterHours).toBeNull()
})

test.each(['graph', 'imap_smtp'])('by %s, interval, batch and silence are as they were typed', (access) => {
  const typed = { access, pollSeconds: '600', batch: '7', silentAfterHours: '48' }
  const { graph, imap, silentAfterHours } = oauthInput(form(typed), null)
  expect(graph ?? imap).toMatchObject({ pollSeconds: 600, batch: 7 })
  expect(silentAfterHours).toBe(48)
})

test.each(['graph', 'imap_smtp'])('by %s, what cannot be is said at its field', (access) => {
  const before = null as ShownMailbox | null
  expect(() => oauthInput(form({ access, pollSeconds: '3', batch: '9999', silentAfterHours: 'x' }), before)).toThrow(
    expect.objectContaining({
      problems: expect.arrayContaining(
        ['/pollSeconds', '/batch', '/silentAfterHours'].map((pointer) => expect.objectContaining({ pointer })),
      ),
    }),
  )
})
