import { describe, expect, it } from 'vitest'
import { checkNewPassword, hashPassword, PASSWORD_MAX, passwordMatches } from './password.ts'

describe('a stored password', () => {
  it('is argon2id with 19 MiB and two passes', async () => {
    expect(await hashPassword('correct horse battery')).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  })

  it('matches itself only, however its letters were composed', async () => {
    const stored = await hashPassword('Caf\u00e9 am Hafen 12')
    expect(await passwordMatches(stored, 'Cafe\u0301 am Hafen 12')).toBe(true)
    expect(await passwordMatches(stored, 'Cafe am Hafen 12')).toBe(false)
    expect(await passwordMatches(null, 'no account has this password')).toBe(false)
    expect(await passwordMatches('not a hash', 'x')).toBe(false)
    expect(await passwordMatches(stored, 'x'.repeat(PASSWORD_MAX + 1))).toBe(false)
  })
})

describe('a new password', () => {
  const key = (password: string, about?: string[]): string | null => {
    try {
      checkNewPassword(password, about)
      return null
    } catch (error) {
      return (error as { problems: { key: string }[] }).problems[0]!.key
    }
  }
  it.each([
    ['short', 'passwordShort'],
    ['x'.repeat(201), 'passwordLong'],
    ['aaaaaaaaaaaaaaaa', 'passwordGuessable'],
    ['Password12345!', 'passwordGuessable'],
    ['123456789012', 'passwordGuessable'],
    ['ada.lovelace1', 'passwordGuessable'],
    ['grinder smells burnt', null],
    ['öäüßéñłøåçğı', null],
  ])('%s', (password, wrong) => {
    expect(key(password, ['ada.lovelace@example.org', 'Ada Lovelace'])).toBe(wrong)
  })
})
