/** `{{ requester.first_name }}`: a name, and in the group `blank` whatever words the writer is asked for. */
const VARIABLE = /\{\{\s*((?:requester|agent|ticket|desk|department)(?:\.[a-z_]+)?|blank\.[^{}\n]{1,80}?)\s*\}\}/g

/** The variables that a canned response may use; `blank.…` is for the agent to fill in. */
export const cannedVariables = [
  'requester.name',
  'requester.first_name',
  'agent.name',
  'agent.first_name',
  'ticket.number',
  'ticket.subject',
  'department.name',
  'desk.name',
  'blank.what to fill in',
] as const

export interface Filled {
  text: string
  /** What stayed as it was, in the order of the text, each once. */
  open: string[]
}

/** Fills a plain text. A variable without a value, and every blank, stays in the text where the writer sees it. */
export function fillVariables(text: string, values: Readonly<Record<string, string>>): Filled {
  const open = new Set<string>()
  const filled = text.replace(VARIABLE, (whole, name: string) => {
    const value = values[name]?.trim()
    if (value) return value
    open.add(name)
    return whole
  })
  return { text: filled, open: [...open] }
}

/** Variables that nobody has filled in, in a text that is about to be sent. What stands in code is no variable. */
export function openVariables(html: string): string[] {
  const text = html
    .replace(/<(pre|code)\b[^>]*>[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^>]*>/g, '')
    .replaceAll('&nbsp;', ' ')
  return [...new Set([...text.matchAll(VARIABLE)].map(([, name]) => name!))]
}
