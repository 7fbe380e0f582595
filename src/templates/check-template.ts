import type { FieldProblem } from '#core/errors.ts'
import { type MailTemplate, type TemplateKey, templateInfo } from './mail-templates.ts'
import { liquid } from './render-mail.ts'

/** What may follow a name that is a list or a text. */
const PROPERTIES = new Set(['size', 'first', 'last'])

/** Is this path one of the names, or a property of one? Pure. */
export function isKnownName(path: string, known: readonly string[]): boolean {
  if (known.includes(path)) return true
  const cut = path.lastIndexOf('.')
  return cut > 0 && PROPERTIES.has(path.slice(cut + 1)) && known.includes(path.slice(0, cut))
}

/** Names of osTicket that stand for nothing here, and are left as they were written. */
const LEFT_OVER = /%(?:\{|%7b)([^}%\s]{1,80}?)(?:\}|%7d)/gi

/**
 * What is wrong with a template before it is kept: a mistake in its Liquid, or a name that is no value of this mail, each with its line.
 * Pure. Pointers are /subject and /body.
 */
export function checkTemplate(key: TemplateKey, template: MailTemplate): FieldProblem[] {
  const known = templateInfo[key].variables
  return (['subject', 'body'] as const).flatMap((field) => problemsOf(`/${field}`, template[field], known))
}

function problemsOf(pointer: string, source: string, known: readonly string[]): FieldProblem[] {
  const found: { line: number; name: string }[] = []
  for (const match of source.matchAll(LEFT_OVER)) found.push({ line: lineAt(source, match.index), name: match[0] })
  try {
    const { globals } = liquid.analyzeSync(liquid.parse(source), { partials: false })
    for (const variables of Object.values(globals))
      for (const variable of variables) {
        const path = variable.segments.filter((segment) => typeof segment === 'string').join('.')
        if (!isKnownName(path, known)) found.push({ line: variable.location.row, name: path })
      }
  } catch (error) {
    const problem = (error as Error).message.split('\n')[0]!.replace(/, file:[^,]*/, '')
    return [{ pointer, key: 'template', params: { problem } }]
  }
  if (found.length === 0) return []
  found.sort((a, b) => a.line - b.line)
  const seen = new Set<string>()
  const said = found
    .map(({ line, name }) => `${line}: ${name}`)
    .filter((text) => !seen.has(text) && seen.add(text))
    .slice(0, 10)
  return [{ pointer, key: 'templateNames', params: { count: said.length, names: said.join(', ') } }]
}

const lineAt = (source: string, index: number): number => source.slice(0, index).split('\n').length
