import { Resolver } from 'node:dns/promises'
import { defineService } from '#core/slots.ts'

/** Answers as node:dns gives them: TXT in chunks, MX as objects, the rest as strings. Rejects with the codes of node:dns (ENOTFOUND, ENODATA, ETIMEOUT …). */
export type MailResolver = (name: string, type: string) => Promise<unknown[]>

/** The names that checks of senders and of published keys are looked up with; a test provides one that asks nobody. */
export const mailDns = defineService<MailResolver>('mail dns')

const TIMEOUT_MS = 2_500
const KEPT_MS = 300_000
/** What was not there a moment ago may be being published. */
const KEPT_ABSENT_MS = 30_000
const KEPT_ANSWERS = 2_000
/** After so many silences in a row nobody is asked for a while: a desk without DNS does not make each mail wait. */
const SILENCES = 4
const REST_MS = 60_000

const KNOWN_ABSENT = new Set(['ENOTFOUND', 'ENODATA'])

/** Asks the system's name servers, each question at most 2.5 s, with the answers of the last five minutes kept. */
export function openMailDns(clock: { now(): Date }, ask: MailResolver = askSystem()): MailResolver {
  const kept = new Map<string, { until: number; answer: Promise<unknown[]> }>()
  let silences = 0
  let restsUntil = 0
  return (name, type) => {
    const now = clock.now().getTime()
    const key = `${type} ${name.toLowerCase()}`
    const known = kept.get(key)
    if (known && known.until > now) return known.answer
    if (restsUntil > now) return Promise.reject(dnsError('ETIMEOUT', name))
    const answer = ask(name, type)
    kept.delete(key)
    if (kept.size >= KEPT_ANSWERS) kept.delete(kept.keys().next().value!)
    kept.set(key, { until: now + KEPT_MS, answer })
    answer.then(
      () => {
        silences = 0
      },
      (error: { code?: string }) => {
        if (KNOWN_ABSENT.has(error.code ?? '')) {
          silences = 0
          if (kept.get(key)?.answer === answer) kept.set(key, { until: now + KEPT_ABSENT_MS, answer })
          return
        }
        if (kept.get(key)?.answer === answer) kept.delete(key)
        silences += 1
        if (silences >= SILENCES) {
          restsUntil = now + REST_MS
          silences = 0
        }
      },
    )
    return answer
  }
}

function askSystem(): MailResolver {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: 1 })
  return async (name, type) => {
    const answer: unknown = await resolver.resolve(name, type as 'TXT')
    return Array.isArray(answer) ? answer : [answer]
  }
}

/** For a desk that asks nobody: no name is known. */
export const noMailDns: MailResolver = async (name) => {
  throw dnsError('ENOTFOUND', name)
}

/** A failure in the shape that node:dns gives it. */
export const dnsError = (code: string, name: string): Error & { code: string } =>
  Object.assign(new Error(`query ${code} ${name}`), { code })
