import { type ActionFunctionArgs, data } from 'react-router'
import { z } from 'zod'
import type { Context } from '#core/context.ts'
import { invalid, isAppError } from '#core/errors.ts'
import { once } from '#core/once.ts'
import { instantOfWallTime } from '#core/wall-time.ts'
import { listAttachments } from '#files/attachments.ts'
import type { Translate } from '#i18n/translate.ts'
import { readDirectory } from '#people/directory.ts'
import { markStep } from '#people/first-steps.ts'
import { readDrafts } from '#threads/drafts.ts'
import type { Entry } from '#threads/entries.ts'
import { addNote } from '#tickets/add-note.ts'
import { assignTicket } from '#tickets/assign.ts'
import { changeStatus } from '#tickets/change-status.ts'
import { addCopy, approveCopy, removeCopy } from '#tickets/copies.ts'
import { editTicket, moveTicket } from '#tickets/edit-ticket.ts'
import { forwardTicket } from '#tickets/forward.ts'
import { SignatureChoice } from '#tickets/outgoing.ts'
import { referTicket, removeReferral } from '#tickets/referrals.ts'
import { sendReplyNow, withdrawReply } from '#tickets/release-reply.ts'
import { replyToTicket } from '#tickets/reply.ts'
import { reviveAddress } from '#tickets/revive-address.ts'
import { showTicket } from '#tickets/show-ticket.ts'
import { publishEntry } from '#tickets/third-party-message.ts'
import { revokeTicketLinks } from '#tickets/ticket-links.ts'
import { transferTicket } from '#tickets/transfer.ts'
import { lastUndoable } from '#tickets/undo.ts'
import { readWorkflow } from '#workflow/workflow.ts'
import { pageOf } from '../../context.ts'
import { answerForm, idField, ticked } from '../../forms.ts'
import { doFurther, type FurtherInput, furtherInputs, isFurther } from './further-acts.ts'
import { drawDraft } from './load-ticket.ts'
import type { TicketAnswer } from './ticket-answer.ts'

const nullableId = z.union([z.literal('').transform(() => null), idField])
const addresses = z
  .string()
  .default('')
  .transform((text) => text.split(',').filter(Boolean))

const Input = z.discriminatedUnion('intent', [
  z.object({
    intent: z.literal('reply'),
    body: z.string(),
    to: z.enum(['all', 'requester', 'chosen']).default('all'),
    recipients: addresses,
    signature: SignatureChoice.default('department'),
    status: z.string().max(40).optional(),
    seen: z.coerce.number().int().optional(),
    sendAnyway: ticked,
    /** Wall-clock time in the writer's zone. */
    sendAt: z.string().max(25).optional(),
  }),
  z.object({ intent: z.literal('note'), body: z.string() }),
  z.object({ intent: z.literal('withdraw'), entry: idField }),
  z.object({
    intent: z.literal('forward'),
    body: z.string(),
    recipients: addresses,
    include: z.enum(['all', 'last', 'none']).default('all'),
    signature: SignatureChoice.default('department'),
    files: ticked,
  }),
  z.object({ intent: z.literal('publish'), entry: idField }),
  z.object({ intent: z.literal('send-now'), entry: idField }),
  z.object({ intent: z.literal('assign'), agent: nullableId }),
  z.object({ intent: z.literal('transfer'), department: idField }),
  z.object({ intent: z.literal('status'), status: idField, reason: z.string().max(500).optional() }),
  z.object({
    intent: z.literal('edit'),
    subject: z.string().optional(),
    priority: idField.optional(),
    topic: nullableId.optional(),
  }),
  z.object({ intent: z.literal('move'), place: z.enum(['desk', 'spam', 'trash']) }),
  z.object({ intent: z.literal('copy-add'), email: z.string() }),
  z.object({ intent: z.literal('copy-remove'), person: idField }),
  z.object({ intent: z.literal('copy-approve'), person: idField }),
  z.object({ intent: z.literal('share'), department: idField }),
  z.object({ intent: z.literal('unshare'), department: idField }),
  z.object({ intent: z.literal('revoke-links') }),
  ...furtherInputs,
  z.object({ intent: z.literal('revive-address'), person: idField }),
])

/** Every form of the ticket page: one verb each, told apart by its `intent`. */
export async function ticketAction(args: ActionFunctionArgs): Promise<TicketAnswer | ReturnType<typeof data<TicketAnswer>>> {
  const ref = { number: args.params.number ?? '' }
  const { t, timeZone } = pageOf(args.context)
  return answerForm(args, Input, async (ctx, input, form): Promise<TicketAnswer | ReturnType<typeof data<TicketAnswer>>> => {
    switch (input.intent) {
      case 'reply':
        return reply(ctx, ref, input, form.submission, sendingTime(input.sendAt, timeZone))
      case 'note': {
        const { entry } = await once(ctx, `note:${ctx.actor.id}`, form.submission, (ctx) =>
          addNote(ctx, ref, { body: input.body }),
        )
        return { posted: { entry, kind: 'note', until: null } }
      }
      case 'withdraw': {
        const { draft } = await withdrawReply(ctx, input.entry)
        await markStep(ctx, 'undo')
        return withdrawn(ctx, ref, draft, t)
      }
      case 'forward': {
        const { entry, sendsAt } = await once(ctx, `forward:${ctx.actor.id}`, form.submission, async (ctx) => {
          const { entry, sendsAt } = await forwardTicket(ctx, ref, {
            body: input.body,
            to: input.recipients,
            include: input.include,
            signature: input.signature,
            files: input.files,
          })
          return { entry, sendsAt: sendsAt?.toISOString() ?? null }
        })
        return { posted: { entry, kind: 'forward', until: sendsAt } }
      }
      case 'publish':
        await publishEntry(ctx, input.entry)
        return { done: t('agent.entry.published') }
      case 'send-now':
        await sendReplyNow(ctx, input.entry)
        return { done: t('agent.composer.posted') }
      default: {
        const before = await lastUndoable(ctx)
        const answer: TicketAnswer = isFurther(input)
          ? await doFurther(ctx, ref, input, { t, timeZone })
          : { done: await change(ctx, ref, input, t) }
        const after = await lastUndoable(ctx)
        return { ...answer, undoable: after !== null && after.event !== before?.event }
      }
    }
  })
}

type Inputs = z.output<typeof Input>

async function reply(
  ctx: Context,
  ref: { number: string },
  input: Extract<Inputs, { intent: 'reply' }>,
  submission: string | null,
  sendAt: string | undefined,
) {
  try {
    const posted = await once(ctx, `reply:${ctx.actor.id}`, submission, async (ctx) => {
      const { entry, sendsAt, isScheduled } = await replyToTicket(ctx, ref, {
        body: input.body,
        to: input.to,
        recipients: input.recipients,
        signature: input.signature,
        sendAnyway: input.sendAnyway,
        ...(input.status ? { status: input.status } : {}),
        ...(input.seen === undefined ? {} : { seen: input.seen }),
        ...(sendAt === undefined ? {} : { sendAt }),
      })
      const at = sendsAt?.toISOString() ?? null
      return isScheduled ? { entry, until: null, scheduledFor: at } : { entry, until: at }
    })
    return { posted: { ...posted, kind: 'response' as const } }
  } catch (error) {
    if (!isAppError(error) || error.key !== 'answeredMeanwhile') throw error
    const { entries } = error.detail as { entries: Entry[] }
    const last = entries.at(-1)
    return data<TicketAnswer>(
      {
        conflict: {
          count: entries.length,
          name: last?.author.name ?? '',
          at: (last?.createdAt ?? ctx.clock.now()).toISOString(),
        },
      },
      { status: 409 },
    )
  }
}

/** Errors: Invalid at /sendAt. */
function sendingTime(typed: string | undefined, timeZone: string): string | undefined {
  if (!typed) return undefined
  const at = instantOfWallTime(typed, timeZone)
  if (!at) throw invalid('/sendAt', 'sendTime')
  return at.toISOString()
}

async function withdrawn(ctx: Context, ref: { number: string }, draft: number | null, t: Translate): Promise<TicketAnswer> {
  const { ticket, requester, copies } = await showTicket(ctx, ref, { entries: 1 })
  const found = (await readDrafts(ctx, ctx.actor.id ?? 0, ticket.threadId)).find((one) => one.id === draft)
  // A colleague's: the text is theirs again.
  if (!found) return { done: t('agent.composer.cancelledForColleague') }
  const files = await listAttachments(ctx, 'draft', [found.id])
  return { withdrawn: drawDraft(found, files, [requester, ...copies]) }
}

/** The short acts: what was done, in a sentence for the toast. */
async function change(
  ctx: Context,
  ref: { number: string },
  input: Exclude<Inputs, { intent: 'reply' | 'note' | 'withdraw' | 'send-now' | 'forward' | 'publish' } | FurtherInput>,
  t: Translate,
): Promise<string> {
  switch (input.intent) {
    case 'assign': {
      const { assigneeId } = await assignTicket(ctx, ref, { agent: input.agent })
      await markStep(ctx, 'assign')
      const name = (await readDirectory(ctx)).agents.find((agent) => agent.id === assigneeId)?.name
      return name ? t('agent.ticket.assignedTo', { name }) : t('agent.ticket.unassigned')
    }
    case 'transfer': {
      const { departmentId } = await transferTicket(ctx, ref, { department: input.department })
      const name = (await readDirectory(ctx)).departments.find((department) => department.id === departmentId)?.name ?? ''
      return t('agent.ticket.transferred', { department: name })
    }
    case 'status': {
      const { statusId } = await changeStatus(ctx, ref, { status: input.status, reason: input.reason || null })
      const name = (await readWorkflow(ctx)).statuses.find((status) => status.id === statusId)?.name ?? ''
      return t('agent.ticket.statusIs', { status: name })
    }
    case 'edit': {
      await editTicket(ctx, ref, {
        ...(input.subject === undefined ? {} : { subject: input.subject }),
        ...(input.priority === undefined ? {} : { priority: input.priority }),
        ...(input.topic === undefined ? {} : { topic: input.topic }),
      })
      return t('agent.ticket.changed')
    }
    case 'move':
      await moveTicket(ctx, ref, input.place)
      return input.place === 'desk'
        ? t('agent.ticket.changed')
        : input.place === 'spam'
          ? t('agent.ticket.inSpam')
          : t('agent.ticket.inTrash')
    case 'copy-add':
      await addCopy(ctx, ref, { email: input.email })
      return t('agent.context.copyAdded', { name: input.email })
    case 'copy-remove':
      await removeCopy(ctx, ref, input.person)
      return t('agent.ticket.changed')
    case 'revive-address':
      await reviveAddress(ctx, input.person)
      return t('agent.context.revived')
    case 'copy-approve':
      await approveCopy(ctx, ref, input.person)
      return t('agent.context.copyApproved')
    case 'share': {
      await referTicket(ctx, ref, { department: input.department })
      const name = (await readDirectory(ctx)).departments.find((one) => one.id === input.department)?.name ?? ''
      return t('agent.ticket.shared', { department: name })
    }
    case 'unshare':
      await removeReferral(ctx, ref, input.department)
      return t('agent.ticket.changed')
    case 'revoke-links':
      await revokeTicketLinks(ctx, ref.number)
      return t('agent.ticket.linksRevoked')
  }
}
