import { hash, verify } from '@node-rs/argon2'
import { invalid } from '#core/errors.ts'

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane. The work runs in the library's own threads. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 } as const

/** Characters. Long enough to resist guessing (NIST SP 800-63B, 3.1.1.2, asks 8 with another factor and 15 without; we meet it in the middle and count tries). */
export const PASSWORD_MIN = 12
/** A bound on work: nobody types more, and a megabyte of password would be an attack. */
export const PASSWORD_MAX = 200

/** So few, because length does the work; these are long enough and still everybody's first guess. */
const WORN_OUT =
  /^(?:(?:password|passwort|qwerty(?:uiop)?|letmein|iloveyou|welcome|admin(?:istrator)?|changeme|tessera|helpdesk|abcdefgh(?:ijkl)?|monkey|dragon)[\W\d_]*)+$/i

/**
 * Refuses a password that is too short, too long or guessable. `about` are words an attacker knows: name, address, desk.
 * Errors: Invalid at `pointer` (passwordShort, passwordLong, passwordGuessable).
 */
export function checkNewPassword(password: string, about: readonly string[] = [], pointer = '/password'): void {
  const length = [...password].length
  if (length < PASSWORD_MIN) throw invalid(pointer, 'passwordShort', { min: PASSWORD_MIN })
  if (length > PASSWORD_MAX) throw invalid(pointer, 'passwordLong', { max: PASSWORD_MAX })
  const plain = password.toLowerCase()
  const few = new Set(plain).size < 5
  const counted = /^(?:0123456789|1234567890|9876543210|0987654321)/.test(plain) && /^\d+$/.test(plain)
  const known = about
    .flatMap((word) => [word.toLowerCase(), ...word.toLowerCase().split(/[@.\s]+/)])
    .filter((word) => word.length >= 4)
    .some((word) => plain.replaceAll(word, '').length < PASSWORD_MIN / 2)
  if (few || counted || known || WORN_OUT.test(plain)) throw invalid(pointer, 'passwordGuessable')
}

/** The encoded hash with its parameters (PHC string), about 20 ms of a library thread. */
export const hashPassword = (password: string): Promise<string> => hash(normal(password), COST)

let nobody: Promise<string> | null = null

/**
 * Whether the password is the one of `stored`. Without a stored hash the same work is done against nobody's, so that the time
 * says nothing about which accounts exist.
 */
export async function passwordMatches(stored: string | null, password: string): Promise<boolean> {
  if ([...password].length > PASSWORD_MAX) return false
  nobody ??= hash('no account has this password', COST)
  const against = stored ?? (await nobody)
  const right = await verify(against, normal(password)).catch(() => false)
  return stored !== null && right
}

/** Keyboards differ in how they compose the same letter (NIST SP 800-63B, 3.1.1.2). */
const normal = (password: string): string => password.normalize('NFKC')
