import { SaxesParser } from 'saxes'
import { decodeText, readBase64, readDataUri } from '../data-uri.ts'

/** What one of osTicket's calls asks for, whatever format it came in. Empty texts are texts that were not given. */
export interface OsticketRequest {
  name: string
  email: string
  subject: string
  message: string
  format: 'text' | 'html'
  phone: string
  ip: string
  source: string
  topic: number | null
  /** Id or label of an osTicket priority. */
  priority: string
  alert: boolean
  autorespond: boolean
  attachments: OsticketFile[]
}

/** `content` is null when it could not be decoded: the ticket is opened all the same. */
export interface OsticketFile {
  name: string
  type: string
  content: Uint8Array | null
}

/** A body that is no request at all: the sentence of the answer, which goes out with 400. */
export class MalformedRequest extends Error {
  readonly code = 'malformed_request'
}

type Value = string | number | boolean | null | Value[] | { [key: string]: Value }
type Fields = { [key: string]: Value }

/** `POST /api/tickets.json`. Errors: MalformedRequest. */
export function readJsonRequest(body: Buffer): OsticketRequest {
  let value: Value
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)) as Value
  } catch (error) {
    throw new MalformedRequest(
      error instanceof SyntaxError ? 'Syntax error, malformed JSON' : 'Malformed UTF-8 characters, possibly incorrectly encoded',
    )
  }
  // What is false or empty in PHP, and what is no object, is no request, yet no error of JSON either.
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) throw new MalformedRequest('No errors')
  const fields = (Array.isArray(value) ? { ...value } : value) as Fields
  const message = textOf(fields.message)
  const uri = readDataUri(message)
  return {
    ...common(fields),
    phone: textOf(fields.phone).toUpperCase(),
    message: uri ? decodeText(uri.bytes ?? Buffer.alloc(0), uri.charset) : message,
    format: uri?.type === 'text/html' ? 'html' : 'text',
    alert: 'alert' in fields ? isTrue(fields.alert) : true,
    autorespond: 'autorespond' in fields ? isTrue(fields.autorespond) : true,
    attachments: listOf(fields.attachments).flatMap(jsonFile),
  }
}

/** `[{"file.txt": "data:text/plain,content"}]`: the first key is the name. */
function jsonFile(item: Value): OsticketFile[] {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return []
  const [name, content] = Object.entries(item)[0] ?? []
  if (name === undefined) return []
  const text = textOf(content)
  const uri = readDataUri(text)
  return [{ name, type: uri?.type ?? 'text/plain', content: uri ? uri.bytes : Buffer.from(text) }]
}

const common = (fields: Fields) => ({
  name: textOf(fields.name),
  email: textOf(fields.email),
  subject: textOf(fields.subject),
  ip: textOf(fields.ip),
  source: fields.source == null ? 'API' : textOf(fields.source),
  topic: numberOf(fields.topicId),
  priority: textOf(fields.priorityId ?? fields.priority),
})

const listOf = (value: Value | undefined): Value[] =>
  Array.isArray(value) ? value : typeof value === 'object' && value !== null ? Object.values(value) : []

/** An element with attributes keeps its text beside them under `:text`. */
function textOf(value: Value | undefined): string {
  if (typeof value === 'string') return value.trim()
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return textOf(value[':text'])
  return ''
}

function numberOf(value: Value | undefined): number | null {
  const number = Number(textOf(value))
  return Number.isSafeInteger(number) && number > 0 ? number : null
}

/** As PHP casts to bool: "", "0", 0, null and the empty list are false, every other text is true. */
const isTrue = (value: Value | undefined): boolean =>
  Array.isArray(value) ? value.length > 0 : value !== '0' && value !== '' && value !== 0 && value !== null && value !== false

/** `POST /api/tickets.xml`. Attributes count as elements. Errors: MalformedRequest. */
export function readXmlRequest(body: Buffer): OsticketRequest {
  const root = readXml(
    decodeText(body, /^[^>]{0,60}\bencoding=["']([\w.-]+)["']/.exec(body.toString('latin1', 0, 120))?.[1] ?? null),
  )
  const ticket = root.ticket
  const fields: Fields = typeof ticket === 'object' && ticket !== null && !Array.isArray(ticket) ? ticket : root
  const message = fields.message
  const type = typeof message === 'object' && message !== null && !Array.isArray(message) ? textOf(message.type) : 'text/plain'
  const files = fields.attachments
  return {
    ...common(fields),
    phone: phoneOf(fields.phone),
    message: textOf(message),
    format: type.toLowerCase() === 'text/html' ? 'html' : 'text',
    alert: 'alert' in fields ? isSet(fields.alert) : true,
    autorespond: 'autorespond' in fields ? isSet(fields.autorespond) : true,
    attachments:
      typeof files === 'object' && files !== null && !Array.isArray(files)
        ? (Array.isArray(files.file) ? files.file : files.file === undefined ? [] : [files.file]).flatMap(xmlFile)
        : [],
  }
}

const isSet = (value: Value | undefined): boolean => textOf(value).toLowerCase() !== 'false' && isTrue(textOf(value))

function phoneOf(value: Value | undefined): string {
  const extension = typeof value === 'object' && value !== null && !Array.isArray(value) ? textOf(value.ext) : ''
  return textOf(value) + (extension ? `X${extension}` : '')
}

function xmlFile(item: Value): OsticketFile[] {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return []
  const text = textOf(item)
  const isBase64 = textOf(item.encoding).toLowerCase() === 'base64'
  return [
    {
      name: textOf(item.name) || 'file',
      type: textOf(item.type) || 'application/octet-stream',
      content: isBase64 ? readBase64(text) : Buffer.from(text),
    },
  ]
}

/** What the parser finds wrong, in the words of libxml that callers of osTicket know. */
const WORDS: ReadonlyArray<[RegExp, string]> = [
  [/unexpected close tag|unclosed tag/, 'Mismatched tag'],
  [/must contain a root element/, 'Empty document'],
  [/text data outside of root/, 'Not well-formed (invalid token)'],
  [/only one root/, 'Junk after document element'],
  [/undefined entity|entity/, 'Undeclared entity warning'],
  [/attribute/, 'Not well-formed (invalid token)'],
]

/** Elements nest to objects, attributes stand beside them, repeated elements become lists. No entities are ever fetched. */
function readXml(text: string): Fields {
  const root: Fields = {}
  const open: Fields[] = [root]
  const names: string[] = []
  const texts: string[] = ['']
  let problem: string | null = null
  const parser = new SaxesParser()
  parser.on('error', (error) => {
    if (problem !== null) return
    const words = WORDS.find(([pattern]) => pattern.test(error.message))?.[1] ?? 'Not well-formed (invalid token)'
    problem = `XML error: ${words} at line ${parser.line}:${parser.column + 1}`
  })
  parser.on('opentag', (tag) => {
    if (open.length > 40) problem ??= 'XML error: nested too deep at line 1:1'
    open.push({ ...(tag.attributes as Record<string, string>) })
    names.push(tag.name)
    texts.push('')
  })
  const addText = (more: string): void => {
    texts[texts.length - 1] += more
  }
  parser.on('text', addText)
  parser.on('cdata', addText)
  parser.on('closetag', () => {
    const fields = open.pop() ?? {}
    const content = (texts.pop() ?? '').trim()
    const name = names.pop() ?? ''
    const parent = open.at(-1)
    if (!parent) return
    const value: Value = Object.keys(fields).length === 0 ? content : content ? { ...fields, ':text': content } : fields
    const there = Object.hasOwn(parent, name) ? parent[name] : undefined
    parent[name] = there === undefined ? value : Array.isArray(there) ? [...there, value] : [there, value]
  })
  parser.write(text)
  if (problem === null) parser.close()
  if (problem !== null) throw new MalformedRequest(problem)
  return root
}
