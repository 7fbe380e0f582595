import { describe, expect, it } from 'vitest'
import { subjectOfLoop } from './fuses.ts'

describe('the subject of a loop', () => {
  it.each([
    ['Re: Re: AW: [Help] We received your message [#482913]', 'we received your message'],
    ['We received your message [#11]', 'we received your message'],
    ['Automatic reply: Grinder', 'grinder'],
    ['Re[4]: Grinder', 'grinder'],
    ['Order 17', 'order 17'],
    ['', ''],
  ])('%s', (subject, expected) => expect(subjectOfLoop(subject)).toBe(expected))

  it('ends on a subject of prefixes alone', () => {
    expect(subjectOfLoop('re:'.repeat(500)).length).toBeLessThanOrEqual(100)
  })
})
