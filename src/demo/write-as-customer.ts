import { z } from 'zod'
import type { Context } from '#core/context.ts'
import { AppError, invalid } from '#core/errors.ts'
import { parseInput } from '#core/parse.ts'
import { accessDemo } from './look-as.ts'
import { passes, writeRawMail } from './raw-mail.ts'

export const WriteAsCustomerInput = z.object({
  from: z.string().trim().toLowerCase().min(1).max(254),
  to: z.string().trim().toLowerCase().min(1).max(254),
  subject: z.string().trim().min(1).max(255),
  message: z.string().trim().min(1).max(20_000),
})

/**
 * Sends a mail as somebody of the demonstration, through the desk's own SMTP listener. Resolves once the listener has taken it.
 * Errors: NotFound on a desk that is no demonstration, Invalid at /from or /to, Unavailable (no listener, or it refused).
 */
export async function writeAsCustomer(ctx: Context, input: z.input<typeof WriteAsCustomerInput>): Promise<void> {
  const { demo, world } = accessDemo(ctx)
  const given = parseInput(WriteAsCustomerInput, input)
  const writer = world.writers.find((one) => one.address === given.from)
  if (!writer) throw invalid('/from', 'choice')
  if (!world.mailboxes.includes(given.to)) throw invalid('/to', 'choice')
  await handInFrom(ctx, demo.handIn, { ...given, name: writer.name })
}

/** The same for the desk's own stagehands. Errors: Unavailable. */
export async function handInFrom(
  ctx: Context,
  handIn: NonNullable<ReturnType<typeof accessDemo>>['demo']['handIn'],
  mail: { name: string; from: string; to: string; subject: string; message: string },
): Promise<void> {
  if (!handIn) throw new AppError('unavailable', 'demoMail')
  const raw = writeRawMail({
    from: { name: mail.name, address: mail.from },
    to: mail.to,
    subject: mail.subject,
    date: ctx.clock.now(),
    messageId: `${ctx.random.uuid()}@${mail.from.slice(mail.from.lastIndexOf('@') + 1)}`,
    text: mail.message,
    checks: passes(mail.from),
  })
  try {
    await handIn({ from: mail.from, to: mail.to, raw })
  } catch (error) {
    throw new AppError('unavailable', 'demoMail', { cause: error })
  }
}
