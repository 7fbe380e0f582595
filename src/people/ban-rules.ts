import { RE2JS } from 're2js'
import { isAddress, normalAddress } from './address.ts'

export const banKinds = ['address', 'domain', 'pattern'] as const
export type BanKind = (typeof banKinds)[number]

const MAX_PATTERN = 200
const MAX_ADDRESS = 320

/** Addresses with nothing in common: a pattern that meets all of them was not meant. */
const STRANGERS = ['kim@shop.example', 'x9+news@mail.zoo.net', 'a_b@q.io']

export interface BanRule {
  id: number
  kind: BanKind
  /** `kim@shop.example`, `@shop.example`, or a pattern. */
  value: string
}

/** What was typed in the form that is stored, or the key of what is wrong with it. Pure. */
export function readBan(kind: BanKind, typed: string): { value: string } | { problem: string } {
  if (kind === 'pattern') {
    const value = typed.trim()
    if (value.length > MAX_PATTERN) return { problem: 'banPatternLong' }
    try {
      const { test } = patternOf(value)
      return STRANGERS.every(test) ? { problem: 'banMatchesAll' } : { value }
    } catch {
      return { problem: 'banPattern' }
    }
  }
  const value = normalAddress(typed)
  if (kind === 'address') return isAddress(value) ? { value } : { problem: 'email' }
  const domain = value.replace(/^@/, '')
  return /^[^\s@]+\.[^\s@.]+$/.test(domain) ? { value: `@${domain}` } : { problem: 'banDomain' }
}

/** Does a rule meet an address? Domains include what is below them. Patterns ignore case and may meet any part of the address; linear time (RE2). */
export function compileBans(rules: readonly BanRule[]): (address: string) => BanRule | null {
  const exact = new Map(rules.filter((rule) => rule.kind !== 'pattern').map((rule) => [rule.value, rule]))
  const patterns: { rule: BanRule; test: (address: string) => boolean }[] = []
  for (const rule of rules) {
    if (rule.kind !== 'pattern') continue
    try {
      patterns.push({ rule, test: patternOf(rule.value).test })
    } catch {
      // Stored by a version that understood it: it meets nobody until it is written anew.
    }
  }
  return (address) => {
    const normal = normalAddress(address).slice(0, MAX_ADDRESS)
    const whole = exact.get(normal)
    if (whole) return whole
    let domain = normal.slice(normal.lastIndexOf('@') + 1)
    while (domain) {
      const found = exact.get(`@${domain}`)
      if (found) return found
      const dot = domain.indexOf('.')
      domain = dot < 0 ? '' : domain.slice(dot + 1)
    }
    return patterns.find((one) => one.test(normal))?.rule ?? null
  }
}

function patternOf(text: string): { test: (address: string) => boolean } {
  if (!text) throw new Error('empty')
  const compiled = RE2JS.compile(text, RE2JS.CASE_INSENSITIVE)
  return { test: (address) => compiled.matcher(address).find() }
}
