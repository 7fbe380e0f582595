import type { z } from 'zod'
import { sendingMailbox } from '#channels/mailboxes.ts'
import { queueOutbound } from '#channels/queue-outbound.ts'
import type { Context } from '#core/context.ts'
import { forbidden, invalid } from '#core/errors.ts'
import { countAttempt } from '#core/limits.ts'
import { publicAddress, readSettings } from '#settings/settings.ts'
import { readTemplate, type TemplateInput, testMails } from '#templates/edit-template.ts'
import { type RenderedMail, renderTemplate, valuesOf } from '#templates/render-mail.ts'
import { previewVariables } from '#tickets/preview-variables.ts'

type Given = z.input<typeof TemplateInput> & { ticket?: string }

export interface Preview extends RenderedMail {
  /** The ticket its values are from; null: there is none yet, and values are missing. */
  number: string | null
}

/**
 * A template as it would read with the values of a ticket that the actor may see; nothing is kept. Errors: Forbidden, Invalid at /subject,
 * /body and /ticket.
 */
export async function previewTemplate(ctx: Context, input: Given): Promise<Preview> {
  if (!ctx.actor.administrator) throw forbidden()
  const given = readTemplate(input)
  const asked = input.ticket?.trim().replace(/^#/, '') || null
  const sample = await previewVariables(ctx, asked)
  if (asked && !sample) throw invalid('/ticket', 'noSuchTicket')
  const values = sample?.variables ?? { desk: { name: (await readSettings(ctx))['desk.name'], url: await publicAddress(ctx) } }
  return { number: sample?.number ?? null, ...renderTemplate(given, valuesOf(given.key, values), given.locale) }
}

/** Mails that preview to the administrator who asks, and to nobody else. Errors: Forbidden, Invalid, TooMany. */
export async function mailTemplateTest(ctx: Context, input: Given): Promise<{ to: string }> {
  const { address, id } = ctx.actor
  if (!ctx.actor.administrator || !address) throw forbidden()
  await countAttempt(ctx, testMails, String(id))
  const mail = await previewTemplate(ctx, input)
  const sender = await sendingMailbox(ctx, null)
  const name = (await readSettings(ctx))['desk.name']
  await queueOutbound(ctx, {
    mailbox: sender?.id ?? null,
    kind: 'notice',
    sendsAt: ctx.clock.now(),
    content: {
      from: { name, address: sender?.address ?? `noreply@${new URL(await publicAddress(ctx)).hostname}` },
      replyTo: null,
      to: [{ name: ctx.actor.name, address }],
      cc: [],
      subject: mail.subject,
      inReplyTo: null,
      references: [],
      text: mail.text,
      html: mail.html,
      files: [],
      automatic: 'auto-generated',
    },
  })
  return { to: address }
}
