import { systemActor } from '#core/actor.ts'
import { actingAs, type Context } from '#core/context.ts'
import { cleanText } from '#core/parse.ts'
import { type IncomingFile, type NewAttachment, storeFiles } from '#files/attachments.ts'
import { isAddress, normalAddress } from '#people/address.ts'
import { isBanned } from '#people/bans.ts'
import { addNote } from '#tickets/add-note.ts'
import { openTicket } from '#tickets/open-ticket.ts'
import { readWorkflow } from '#workflow/workflow.ts'
import type { OsticketAnswer } from './answer.ts'
import type { OsticketRequest } from './read-request.ts'

const CANNOT = 'Unable to create new ticket :'

/** osTicket's numbers of the two fields of its ticket form, by which it names them in an answer. */
const SUBJECT_FIELD = '20'
const MESSAGE_FIELD = '21'

/** The sentence for an address that is banned. */
export const deniedBody = (email: string): string =>
  `${CANNOT}Ticket denied: ${email}\n\nThis help desk is for use by authorized users only`

/** Errors as osTicket joins them: name and sentence, a line each. Its validation errors are status 500. */
const invalidRequest = (...problems: Array<[string, string]>): OsticketAnswer => ({
  status: 500,
  body: CANNOT + problems.flat().join('\n'),
})

export const incompleteClient = invalidRequest(['user', 'Incomplete client information'])

/** Opens a ticket from one call and answers with its number. Files that cannot be taken are named in a note; the ticket opens all the same. */
export async function openFromRequest(ctx: Context, request: OsticketRequest): Promise<OsticketAnswer> {
  const email = normalAddress(request.email)
  if (email && (await isBanned(ctx, email))) return { status: 403, body: deniedBody(request.email) }
  const refusal = checkSource(request) ?? checkFields(request, email)
  if (refusal) return refusal
  const { files, problems } = await takeFiles(ctx, request)
  const ticket = await openTicket(
    ctx,
    {
      requester: { email, name: request.name.slice(0, 120) },
      subject: request.subject.slice(0, 255),
      message: request.message.slice(0, 500_000),
      format: request.format,
      topic: request.topic,
      priority: await priorityOf(ctx, request.priority),
      autorespond: request.autorespond,
      alert: request.alert,
    },
    { channel: request.source.toLowerCase() === 'web' ? 'web' : 'api', files, personal: personalOf(request) },
  )
  if (problems.length > 0)
    await addNote(
      actingAs(ctx, systemActor),
      { id: ticket.id },
      { body: problems.join('\n'), format: 'text' },
      { channel: 'api' },
    )
  return { status: 201, body: ticket.number }
}

const MISSING: [string, string] = ['err', 'Missing or invalid data - check the errors and try again']

/** The way a ticket came decides which fields it must have; of the ways osTicket knows, callers may use three. */
function checkSource(request: OsticketRequest): OsticketAnswer | null {
  switch (request.source.toLowerCase()) {
    case 'api':
      return null
    case 'web':
      return request.topic === null ? invalidRequest(['topicId', 'Select a Help Topic'], MISSING) : null
    case 'email':
      return invalidRequest(['emailId', 'Unknown system email'], MISSING)
    default:
      return invalidRequest(['origin', 'Invalid ticket origin given'], ['err', 'No fields set up'])
  }
}

function checkFields(request: OsticketRequest, email: string): OsticketAnswer | null {
  const problems: Array<[string, string]> = []
  if (!request.subject) problems.push([SUBJECT_FIELD, 'Issue Summary is a required field'])
  if (!request.message.trim()) problems.push([MESSAGE_FIELD, 'Issue Details is a required field'])
  if (problems.length > 0) return invalidRequest(...problems)
  return request.name && isAddress(email) ? null : incompleteClient
}

async function takeFiles(ctx: Context, request: OsticketRequest): Promise<{ files: NewAttachment[]; problems: string[] }> {
  const problems: string[] = []
  const good: IncomingFile[] = []
  for (const { name, type, content } of request.attachments) {
    if (content === null) problems.push(`${name}: Poorly encoded base64 data`)
    else if (content.byteLength > ctx.site.limits.fileBytes) problems.push(`${name}: File is too large`)
    else good.push({ name, contentType: type, content })
  }
  return { files: good.length > 0 ? await storeFiles(ctx, good) : [], problems }
}

const personalOf = ({ phone, ip }: OsticketRequest): Record<string, string> | null =>
  phone || ip ? cleanText({ ...(phone ? { phone: phone.slice(0, 60) } : {}), ...(ip ? { ip: ip.slice(0, 60) } : {}) }) : null

/** Ids of the priorities that osTicket ships with, and its labels; ours are found by their names too. */
const PRIORITIES: Record<string, string> = { '1': 'low', '2': 'normal', '3': 'high', '4': 'urgent', emergency: 'urgent' }

async function priorityOf(ctx: Context, given: string): Promise<number | null> {
  if (!given) return null
  const wanted = given.toLowerCase()
  const { priorities } = await readWorkflow(ctx)
  const found =
    priorities.find((priority) => !priority.isArchived && priority.key === (PRIORITIES[wanted] ?? wanted)) ??
    priorities.find((priority) => !priority.isArchived && priority.name.toLowerCase() === wanted)
  return found?.id ?? null
}
