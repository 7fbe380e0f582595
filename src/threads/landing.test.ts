import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decideLanding, type LandingFacts, landingMatrix, landingTable, landingTableInWords, shippedPolicy } from './landing.ts'

const stranger: LandingFacts = {
  match: 'none',
  isParty: false,
  verdict: 'not_verified',
  kind: 'message',
  spamFlagged: false,
  senderBanned: false,
  standing: null,
  claimsAgent: false,
  throughOutsider: false,
  loopStopped: false,
  policy: shippedPolicy,
  duplicate: false,
  hasSender: true,
  thread: null,
}
const party: LandingFacts = { ...stranger, match: 'known_id', isParty: true, thread: 'open' }

it.each<[string, LandingFacts, string, string]>([
  ['a new person', stranger, 'new', 'no_thread'],
  ['a party', party, 'append', 'unverified_party'],
  ['a proven party', { ...party, verdict: 'verified' }, 'append', 'known_party'],
  ['a colleague', { ...party, verdict: 'internal' }, 'append', 'known_party'],
  ['a party whose domain disowns the mail', { ...party, verdict: 'failed' }, 'append_flagged', 'party_failed_check'],
  ['a stranger who knows an id', { ...party, isParty: false }, 'append_flagged', 'stranger'],
  ['a stranger who failed the check', { ...party, isParty: false, verdict: 'failed' }, 'quarantine', 'failed_check'],
  ['a new person who failed the check', { ...stranger, verdict: 'failed' }, 'quarantine', 'failed_check'],
  ['a resolved ticket', { ...party, thread: 'reopenable' }, 'append', 'unverified_party'],
  ['a ticket closed long ago', { ...party, thread: 'closed_for_good' }, 'new_linked', 'thread_closed'],
  ['the same, from a stranger', { ...party, isParty: false, thread: 'closed_for_good' }, 'new', 'no_thread'],
  ['a deleted ticket', { ...party, thread: 'deleted' }, 'new', 'thread_deleted'],
  ['spam', { ...stranger, spamFlagged: true }, 'quarantine', 'spam'],
  ['spam to a deleted ticket', { ...party, thread: 'deleted', spamFlagged: true }, 'quarantine', 'spam'],
  ['what looks like spam, from a party', { ...party, spamFlagged: true }, 'append', 'unverified_party'],
  ['a banned address', { ...party, senderBanned: true }, 'quarantine', 'banned'],
  [
    'a banned address, when bans drop',
    { ...party, senderBanned: true, policy: { ...shippedPolicy, banned: 'skip' } },
    'skip',
    'banned',
  ],
  ['spam of a trusted sender', { ...stranger, spamFlagged: true, standing: 'trusted' }, 'new', 'no_thread'],
  ['spam, when it is taken', { ...stranger, spamFlagged: true, policy: { ...shippedPolicy, spam: 'take' } }, 'new', 'no_thread'],
  ['a sender remembered for spam', { ...stranger, standing: 'spam' }, 'quarantine', 'remembered_spam'],
  ['the same, proven', { ...stranger, standing: 'spam', verdict: 'verified' }, 'quarantine', 'remembered_spam'],
  ['the same, as a party of a living thread', { ...party, standing: 'spam' }, 'append', 'unverified_party'],
  [
    'trust does not help what failed its check',
    { ...stranger, verdict: 'failed', standing: 'trusted' },
    'quarantine',
    'failed_check',
  ],
  [
    'a failed check, when it is taken',
    { ...stranger, verdict: 'failed', policy: { ...shippedPolicy, failed: 'take' } },
    'new',
    'failed_check_taken',
  ],
  [
    'a stranger’s failed check on a thread, when it is taken',
    { ...party, isParty: false, verdict: 'failed', policy: { ...shippedPolicy, failed: 'take' } },
    'append_flagged',
    'stranger',
  ],
  ['in an agent’s name', { ...stranger, claimsAgent: true }, 'new', 'no_thread'],
  [
    'in an agent’s name, when that is suspended',
    { ...party, claimsAgent: true, policy: { ...shippedPolicy, agentClaim: 'suspend' } },
    'quarantine',
    'claims_agent',
  ],
  ['a loop', { ...party, loopStopped: true }, 'quarantine', 'loop_stopped'],
  ['a mail seen before', { ...party, duplicate: true }, 'skip', 'duplicate'],
  ['our own mail', { ...party, kind: 'loop' }, 'skip', 'own_mail'],
  ['a bounce of our answer', { ...party, kind: 'bounce', hasSender: false }, 'note_failure', 'delivery_failed'],
  ['a bounce of nothing we know', { ...stranger, kind: 'bounce' }, 'quarantine', 'delivery_failed_unknown'],
  ['a report', { ...stranger, kind: 'report' }, 'skip', 'machine_report'],
  ['out of office, on its ticket', { ...party, kind: 'auto_reply' }, 'append', 'automatic_on_thread'],
  ['out of office of a stranger', { ...party, kind: 'auto_reply', isParty: false }, 'skip', 'auto_reply_unknown'],
  ['automatic mail about something new', { ...stranger, kind: 'auto_reply' }, 'new', 'no_thread'],
  ['nobody', { ...stranger, hasSender: false }, 'quarantine', 'no_sender'],
])('%s', (_who, facts, landing, reason) => {
  expect(decideLanding(facts)).toEqual({ landing, reason })
})

const anyFacts = fc.record<LandingFacts>({
  match: fc.constantFrom('signed_address', 'signed_id', 'known_id', 'number', 'none'),
  isParty: fc.boolean(),
  verdict: fc.constantFrom('verified', 'internal', 'not_verified', 'failed'),
  kind: fc.constantFrom('message', 'bounce', 'auto_reply', 'report', 'loop'),
  spamFlagged: fc.boolean(),
  senderBanned: fc.boolean(),
  standing: fc.constantFrom('trusted', 'spam', null),
  claimsAgent: fc.boolean(),
  throughOutsider: fc.boolean(),
  loopStopped: fc.boolean(),
  policy: fc.record<LandingFacts['policy']>({
    banned: fc.constantFrom('suspend', 'skip'),
    failed: fc.constantFrom('suspend', 'take'),
    spam: fc.constantFrom('suspend', 'take'),
    agentClaim: fc.constantFrom('suspend', 'take'),
  }),
  duplicate: fc.boolean(),
  hasSender: fc.boolean(),
  thread: fc.constantFrom('open', 'reopenable', 'closed_for_good', 'deleted', null),
})

it('posts unmarked only for a party that did not fail, on a thread that takes messages', () => {
  fc.assert(
    fc.property(anyFacts, (facts) => {
      const { landing } = decideLanding(facts)
      if (landing === 'append')
        expect(facts.isParty && facts.verdict !== 'failed' && (facts.thread === 'open' || facts.thread === 'reopenable')).toBe(
          true,
        )
      if (landing === 'append' || landing === 'append_flagged' || landing === 'new_linked') expect(facts.match).not.toBe('none')
    }),
    { numRuns: 2_000, seed: 1 },
  )
})

it('has a row for everything, and no row without use', () => {
  expect(landingTable.at(-1)?.when(stranger)).toBe(true)
  const used = new Set<string>()
  fc.assert(
    fc.property(anyFacts, (facts) => {
      used.add(decideLanding(facts).reason)
    }),
    { numRuns: 100_000, seed: 1 },
  )
  expect([...new Set(landingTable.map((row) => row.reason))].filter((reason) => !used.has(reason))).toEqual([])
})

it('is the table in docs/mail.md', () => {
  const docs = readFileSync('docs/mail.md', 'utf8')
  expect(docs).toContain(landingTableInWords())
  expect(docs).toContain(landingMatrix())
})
