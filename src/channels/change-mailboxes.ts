import type { z } from 'zod'
import { dropCached } from '#core/cache.ts'
import { addSeconds } from '#core/clock.ts'
import type { Context } from '#core/context.ts'
import { AppError, type FieldProblem, forbidden, invalid, notFound } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { transact } from '#core/transact.ts'
import { cleanName, isAddress } from '#people/address.ts'
import { mailboxChanged } from './channel-events.ts'
import { deleteGrant } from './mailbox-grant-store.ts'
import { MailboxInput } from './mailbox-input.ts'
import { mailboxRows, sealPassword } from './mailbox-store.ts'
import { mailboxesCache, ownAddressesCache } from './mailboxes.ts'
import { releaseOutbound } from './outbound-store.ts'
import { grantBefore, problemsOfOAuth, saveGrant } from './save-grant.ts'

const addressTaken = (error: unknown): never => {
  if ((error as { code?: string }).code === '23505') throw invalid('/address', 'mailboxTaken')
  throw error
}

/**
 * Connects a mailbox. It is watched from this moment on; mail that was there before stays where it is, unless `takeDays` says
 * otherwise. Errors: Forbidden, Invalid (address, department, a missing password).
 */
export async function addMailbox(ctx: Context, input: MailboxInput): Promise<{ id: number }> {
  if (!ctx.actor.administrator) throw forbidden()
  const given = MailboxInput.parse(input)
  return transact(ctx, async (ctx) => {
    await check(ctx, given)
    refuseIf([...problemsOfPasswords(given, { imap: false, smtp: false }), ...problemsOfOAuth(given, null)])
    const now = ctx.clock.now()
    const { password: imapPassword, ...imap } = given.imap ?? { password: undefined }
    const { password: smtpPassword, ...smtp } = given.smtp ?? { password: undefined }
    const row = await ctx.db
      .insertInto('mailbox')
      .values({
        address: given.address,
        name: cleanName(given.name),
        department_id: given.department,
        imap: given.imap ? JSON.stringify(imap) : null,
        imap_secret: imapPassword ? sealPassword(ctx, imapPassword) : null,
        smtp: given.smtp ? JSON.stringify(smtp) : null,
        smtp_secret: smtpPassword ? sealPassword(ctx, smtpPassword) : null,
        graph: given.graph ? JSON.stringify(given.graph) : null,
        take_from: addSeconds(now, -given.takeDays * 86_400),
        silent_after_hours: given.silentAfterHours,
        created_at: now,
      })
      .returning('id')
      .executeTakeFirstOrThrow()
      .catch(addressTaken)
    await saveGrant(ctx, row.id, given, null)
    await changed(ctx, row.id, ['added'])
    if (given.smtp || given.graph) await releaseOutbound(ctx, { states: ['held'], mailbox: 'any' })
    return row
  })
}

/** As `addMailbox`; passwords that are not given stay, unless the server changed. Errors: Forbidden, NotFound, Invalid. */
export async function changeMailbox(ctx: Context, id: number, input: MailboxInput): Promise<void> {
  if (!ctx.actor.administrator) throw forbidden()
  const given = MailboxInput.parse(input)
  await transact(ctx, async (ctx) => {
    const before = (await mailboxRows(ctx, id))[0]
    if (!before) throw notFound()
    await check(ctx, given)
    // A stored password is never shown to another server than the one it was given for.
    const same = {
      imap: before.hasImapPassword && before.imap?.host === given.imap?.host,
      smtp: before.hasSmtpPassword && before.smtp?.host === given.smtp?.host,
    }
    const grant = await grantBefore(ctx, before)
    refuseIf([...problemsOfPasswords(given, same), ...problemsOfOAuth(given, grant)])
    const { password: imapPassword, ...imap } = given.imap ?? { password: undefined }
    const { password: smtpPassword, ...smtp } = given.smtp ?? { password: undefined }
    // Another account or folder has UIDs of its own.
    const elsewhere =
      before.imap?.protocol !== given.imap?.protocol ||
      before.imap?.host !== given.imap?.host ||
      before.imap?.user !== given.imap?.user ||
      before.imap?.folder !== given.imap?.folder ||
      before.graph?.user !== given.graph?.user ||
      before.graph?.folder !== given.graph?.folder ||
      before.graph?.endpoint !== given.graph?.endpoint
    await ctx.db
      .updateTable('mailbox')
      .set({
        address: given.address,
        name: cleanName(given.name),
        department_id: given.department,
        imap: given.imap ? JSON.stringify(imap) : null,
        smtp: given.smtp ? JSON.stringify(smtp) : null,
        graph: given.graph ? JSON.stringify(given.graph) : null,
        ...(given.imap === null || given.imap.auth
          ? { imap_secret: null }
          : imapPassword
            ? { imap_secret: sealPassword(ctx, imapPassword) }
            : {}),
        ...(given.smtp === null || given.smtp.user === '' || given.smtp.auth
          ? { smtp_secret: null }
          : smtpPassword
            ? { smtp_secret: sealPassword(ctx, smtpPassword) }
            : {}),
        ...(elsewhere
          ? {
              uid_validity: null,
              last_uid: null,
              graph_cursor: null,
              last_polled_at: null,
              take_from: addSeconds(ctx.clock.now(), -given.takeDays * 86_400),
            }
          : {}),
        silent_after_hours: given.silentAfterHours,
        silence_told_at: null,
        last_error: null,
        last_error_at: null,
      })
      .where('id', '=', id)
      .execute()
      .catch(addressTaken)
    await saveGrant(ctx, id, given, grant)
    await changed(ctx, id, ['settings'])
    await releaseOutbound(ctx, { states: ['held'], mailbox: id })
  })
}

/** Stops or resumes fetching from a mailbox. What arrives meanwhile stays on its server and is taken afterwards. Errors: Forbidden, NotFound. */
export async function pauseMailbox(ctx: Context, id: number, paused: boolean): Promise<void> {
  if (!ctx.actor.administrator) throw forbidden()
  await transact(ctx, async (ctx) => {
    const row = await ctx.db
      .updateTable('mailbox')
      .set({ is_active: !paused })
      .where('id', '=', id)
      .where('archived_at', 'is', null)
      .returning('id')
      .executeTakeFirst()
    if (!row) throw notFound()
    await changed(ctx, id, [paused ? 'paused' : 'resumed'])
  })
}

/** Takes a mailbox out of use: its passwords are forgotten, its mails stay. Its address can be used again. Errors: Forbidden, NotFound. */
export async function removeMailbox(ctx: Context, id: number): Promise<void> {
  if (!ctx.actor.administrator) throw forbidden()
  await transact(ctx, async (ctx) => {
    const before = (await mailboxRows(ctx, id))[0]
    if (!before) throw notFound()
    await ctx.db
      .updateTable('mailbox')
      .set({
        archived_at: ctx.clock.now(),
        is_active: false,
        imap_secret: null,
        smtp_secret: null,
        last_error: null,
        last_error_at: null,
        address: `${before.address}#${id}`,
      })
      .where('id', '=', id)
      .execute()
    await deleteGrant(ctx, id)
    await changed(ctx, id, ['removed'])
  })
}

async function changed(ctx: Context, id: number, changes: string[]): Promise<void> {
  await emit(ctx, mailboxChanged({ subject: { kind: 'mailbox', id }, data: { changes }, facts: { internal: true } }))
  dropCached(ctx, mailboxesCache)
  dropCached(ctx, ownAddressesCache)
}

async function check(ctx: Context, given: z.output<typeof MailboxInput>): Promise<void> {
  if (!isAddress(given.address)) throw invalid('/address', 'email')
  const department = await ctx.db
    .selectFrom('department')
    .select('id')
    .where('id', '=', given.department)
    .where('archived_at', 'is', null)
    .executeTakeFirst()
  if (!department) throw invalid('/department', 'unknownChoice')
  if (given.imap?.protocol === 'pop3' && given.imap.afterFetch === 'move') throw invalid('/imap/afterFetch', 'pop3CannotMove')
  if (given.imap?.afterFetch === 'move' && (!given.imap.moveTo || given.imap.moveTo === given.imap.folder))
    throw invalid('/imap/moveTo', 'archiveFolder')
}

function problemsOfPasswords(given: z.output<typeof MailboxInput>, stored: { imap: boolean; smtp: boolean }): FieldProblem[] {
  const problems: FieldProblem[] = []
  if (given.imap && !given.imap.auth && !given.imap.password && !stored.imap)
    problems.push({ pointer: '/imap/password', key: 'required' })
  if (given.smtp?.user && !given.smtp.auth && !given.smtp.password && !stored.smtp)
    problems.push({ pointer: '/smtp/password', key: 'required' })
  return problems
}

function refuseIf(problems: FieldProblem[]): void {
  if (problems.length > 0) throw new AppError('invalid', 'invalid', { problems })
}
