/** Whom a text names with an at sign. Pure. */

export interface Mentionable {
  id: number
  name: string
  email: string
}

const WORD = /[\p{L}\p{N}_]/u
const MOST = 20

/**
 * Agents named in a note: `@` and their whole name, the part of their address before the at sign, or a first name that only one of
 * them has, whatever the case. The longest that fits is meant. `sam@desk.example` names nobody.
 */
export function mentionsIn(text: string, agents: readonly Mentionable[]): number[] {
  const words = new Map<string, number | null>()
  const offer = (word: string, id: number): void => {
    const key = word.toLowerCase()
    if (key) words.set(key, words.has(key) && words.get(key) !== id ? null : id)
  }
  for (const agent of agents) {
    offer(agent.name.split(/\s+/)[0] ?? '', agent.id)
    offer(agent.email.split('@')[0] ?? '', agent.id)
  }
  // A whole name is never doubtful because of somebody's first name; two of the same name are.
  const whole = new Map<string, number | null>()
  for (const agent of agents) {
    const key = agent.name.replace(/\s+/g, ' ').toLowerCase()
    whole.set(key, whole.has(key) ? null : agent.id)
  }
  const names = [...new Map([...words, ...whole])].sort(([a], [b]) => b.length - a.length)
  const flat = text.replace(/[\s\u00a0]+/g, ' ').toLowerCase()
  const found = new Set<number>()
  for (let at = flat.indexOf('@'); at >= 0 && found.size < MOST; at = flat.indexOf('@', at + 1)) {
    const before = flat[at - 1]
    if (before !== undefined && (WORD.test(before) || before === '.' || before === '-')) continue
    const rest = flat.slice(at + 1, at + 121)
    const match = names.find(([name]) => rest.startsWith(name) && !WORD.test(rest[name.length] ?? ' '))
    if (match && match[1] !== null) found.add(match[1])
  }
  return [...found]
}
