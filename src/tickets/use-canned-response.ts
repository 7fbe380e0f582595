import { z } from 'zod'
import type { Context } from '#core/context.ts'
import { notFound } from '#core/errors.ts'
import { parseInput } from '#core/parse.ts'
import { transact } from '#core/transact.ts'
import { type Attachment, attach, listAttachments } from '#files/attachments.ts'
import { type CannedResponse, cannedResponseFiles, cannedResponsesFor, countCannedUse } from '#knowledge/canned-responses.ts'
import { fillVariables } from '#knowledge/fill-variables.ts'
import { readDirectory } from '#people/directory.ts'
import { findEndUser } from '#people/end-users.ts'
import { readSettings } from '#settings/settings.ts'
import { textAsHtml } from '#templates/render-mail.ts'
import { readDrafts, writeDraft } from '#threads/drafts.ts'
import { accessTicket, seeTicket, type TicketRef } from './ticket-access.ts'
import type { Ticket } from './ticket-store.ts'

const firstName = (name: string): string => name.trim().split(/\s+/)[0] ?? ''

async function valuesOf(ctx: Context, ticket: Ticket): Promise<Record<string, string>> {
  const [requester, directory, settings] = await Promise.all([
    findEndUser(ctx, ticket.requesterId),
    readDirectory(ctx),
    readSettings(ctx),
  ])
  const name = requester?.name ?? ''
  return {
    'requester.name': name,
    'requester.first_name': firstName(name),
    'agent.name': ctx.actor.name,
    'agent.first_name': firstName(ctx.actor.name),
    'ticket.number': ticket.number,
    'ticket.subject': ticket.subject,
    'department.name': directory.departments.find((one) => one.id === ticket.departmentId)?.name ?? '',
    'desk.name': settings['desk.name'],
  }
}

export interface OfferedResponse {
  id: number
  name: string
  locale: string | null
  /** The text as it would be used. */
  text: string
  files: number
}

/** What an agent can choose from on this ticket, filled for it, those in the customer's language first. Errors: NotFound. */
export async function offerCannedResponses(ctx: Context, ref: TicketRef): Promise<OfferedResponse[]> {
  if (ctx.actor.kind !== 'agent') throw notFound()
  const ticket = await seeTicket(ctx, ref)
  const responses = await responsesOf(ctx, ticket)
  const [values, files] = await Promise.all([
    valuesOf(ctx, ticket),
    cannedResponseFiles(
      ctx,
      responses.map((one) => one.id),
    ),
  ])
  return responses.map(({ id, name, locale, body }) => ({
    id,
    name,
    locale,
    text: fillVariables(body, values).text,
    files: files.filter((file) => file.ownerId === id).length,
  }))
}

async function responsesOf(ctx: Context, ticket: Ticket): Promise<CannedResponse[]> {
  const requester = await findEndUser(ctx, ticket.requesterId)
  return cannedResponsesFor(ctx, ticket.departmentId, requester?.locale ?? null)
}

export const UseCannedInput = z.object({ response: z.number().int().positive(), kind: z.enum(['response', 'note']) })

/**
 * Takes a canned response for what is being written: its filled text, its files beside the draft, and a use more.
 * Errors: NotFound (ticket, or a response this department does not use), Forbidden.
 */
export async function takeCannedResponse(
  ctx: Context,
  ref: TicketRef,
  input: z.input<typeof UseCannedInput>,
): Promise<{ html: string; open: string[]; files: Attachment[] }> {
  const given = parseInput(UseCannedInput, input)
  if (ctx.actor.kind !== 'agent' || ctx.actor.id === null) throw notFound()
  const agent = ctx.actor.id
  return transact(ctx, async (ctx) => {
    const ticket = await accessTicket(ctx, ref, given.kind === 'note' ? 'ticket.note' : 'ticket.reply')
    const response = (await responsesOf(ctx, ticket)).find((one) => one.id === given.response)
    if (!response) throw notFound()
    const { text, open } = fillVariables(response.body, await valuesOf(ctx, ticket))
    await countCannedUse(ctx, response.id)
    const own = await cannedResponseFiles(ctx, [response.id])
    let files: Attachment[] = []
    if (own.length > 0) {
      const drafts = await readDrafts(ctx, agent, ticket.threadId)
      const draft =
        drafts.find((one) => one.kind === given.kind)?.id ??
        (await writeDraft(ctx, { agent, thread: ticket.threadId, kind: given.kind, bodyHtml: '', revision: 0 })).id
      const there = new Set((await listAttachments(ctx, 'draft', [draft])).map((file) => `${file.blob} ${file.name}`))
      // Chosen twice, its files still go along once.
      files = await attach(
        ctx,
        { kind: 'draft', id: draft },
        own
          .filter((file) => !there.has(`${file.blob} ${file.name}`))
          .map(({ blob, name, contentType, size }) => ({ blob, name, contentType, size })),
      )
    }
    return { html: textAsHtml(text), open, files }
  })
}
