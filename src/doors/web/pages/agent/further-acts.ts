import { z } from 'zod'
import type { Context } from '#core/context.ts'
import { invalid } from '#core/errors.ts'
import type { Translate } from '#i18n/translate.ts'
import { changeRequester } from '#tickets/change-requester.ts'
import { followTicket, unfollowTicket } from '#tickets/follow.ts'
import { linkTicket, unlinkTicket } from '#tickets/link.ts'
import { dismissMention } from '#tickets/mention.ts'
import { mergeTickets } from '#tickets/merge.ts'
import { pinNote } from '#tickets/pin-note.ts'
import { snoozeTicket, wakeTicket } from '#tickets/snooze.ts'
import { localTime } from '#tickets/snooze-times.ts'
import { splitMessage } from '#tickets/split.ts'
import { tagTicket } from '#tickets/tag-ticket.ts'
import { idField, ticked } from '../../forms.ts'
import { dateFormat } from '../../ui/formats.ts'

/** The forms of what an agent does with a ticket beyond answering and its fields. */
export const furtherInputs = [
  /** `name`: typed, and made a tag when it is new. */
  z.object({ intent: z.literal('tag'), tag: idField.optional(), name: z.string().max(200).optional() }),
  z.object({ intent: z.literal('untag'), tag: idField }),
  z.object({ intent: z.literal('follow') }),
  z.object({ intent: z.literal('unfollow') }),
  z.object({ intent: z.literal('mention-done') }),
  /** `at`: an instant; `local`: a date and time as the reader's zone has it. */
  z.object({ intent: z.literal('snooze'), at: z.string().max(40).optional(), local: z.string().max(40).optional() }),
  z.object({ intent: z.literal('wake') }),
  z.object({ intent: z.literal('pin'), entry: z.union([z.literal('').transform(() => null), idField]) }),
  z.object({
    intent: z.literal('requester'),
    email: z.string(),
    name: z.string().max(120).optional(),
    keepOnCopy: ticked,
  }),
  z.object({
    intent: z.literal('merge'),
    tickets: z
      .string()
      .max(500)
      .transform((text) => text.split(',').filter(Boolean)),
    addPeople: ticked,
  }),
  z.object({ intent: z.literal('link'), ticket: z.string().max(20), as: z.enum(['parent', 'related']) }),
  z.object({ intent: z.literal('unlink'), ticket: z.string().max(20) }),
  z.object({ intent: z.literal('split'), entry: idField, subject: z.string().max(255).optional() }),
] as const

export type FurtherInput = { [At in keyof typeof furtherInputs]: z.output<(typeof furtherInputs)[At]> }[number]
const intents: ReadonlySet<string> = new Set(furtherInputs.map((schema) => schema.shape.intent.value))

export const isFurther = (input: { intent: string }): input is FurtherInput => intents.has(input.intent)

/** Does it; says what was done for the toast, and where to go on when that is elsewhere. */
export async function doFurther(
  ctx: Context,
  ref: { number: string },
  input: FurtherInput,
  { t, timeZone }: { t: Translate; timeZone: string },
): Promise<{ done: string; goTo?: string }> {
  switch (input.intent) {
    case 'tag':
      if (input.tag === undefined && !input.name?.trim()) throw invalid('/name', 'required')
      await tagTicket(ctx, ref, { add: [input.tag ?? input.name!] })
      return { done: t('agent.further.tagged') }
    case 'untag':
      await tagTicket(ctx, ref, { remove: [input.tag] })
      return { done: t('agent.further.untagged') }
    case 'follow':
      await followTicket(ctx, ref)
      return { done: t('agent.further.followed') }
    case 'unfollow':
      await unfollowTicket(ctx, ref)
      return { done: t('agent.further.unfollowed') }
    case 'mention-done':
      await dismissMention(ctx, ref)
      return { done: t('agent.further.mentionDone') }
    case 'snooze': {
      const until = input.local ? localTime(input.local, timeZone)?.toISOString() : input.at
      if (!until) throw invalid(input.local === undefined ? '/at' : '/local', 'format')
      const { snoozedUntil } = await snoozeTicket(ctx, ref, { until })
      const when = dateFormat(
        ctx.locale,
        { weekday: 'long', day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit' },
        timeZone,
      )
      return { done: t('agent.further.snoozed', { when: when.format(snoozedUntil ?? new Date(until)) }) }
    }
    case 'wake':
      await wakeTicket(ctx, ref)
      return { done: t('agent.further.woken') }
    case 'pin':
      await pinNote(ctx, ref, input.entry)
      return { done: input.entry === null ? t('agent.further.unpinned') : t('agent.further.pinned') }
    case 'requester': {
      await changeRequester(ctx, ref, {
        email: input.email,
        keepOnCopy: input.keepOnCopy,
        ...(input.name ? { name: input.name } : {}),
      })
      return { done: t('agent.further.requesterChanged', { email: input.email }) }
    }
    case 'merge': {
      await mergeTickets(ctx, ref, { tickets: input.tickets, addPeople: input.addPeople })
      return { done: t('agent.further.merged', { count: input.tickets.length }) }
    }
    case 'link':
      await linkTicket(ctx, ref, { ticket: input.ticket, as: input.as })
      return { done: t('agent.further.linked') }
    case 'unlink':
      await unlinkTicket(ctx, ref, input.ticket)
      return { done: t('agent.further.unlinked') }
    case 'split': {
      const made = await splitMessage(ctx, ref, { entry: input.entry, ...(input.subject ? { subject: input.subject } : {}) })
      return { done: t('agent.further.splitDone', { number: made.number }), goTo: `/agent/tickets/${made.number}` }
    }
  }
}
