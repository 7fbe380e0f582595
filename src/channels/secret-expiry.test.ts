import { describe, expect, test } from 'vitest'
import { openTestContext } from '../../tests/world/context.ts'
import { addMailbox, changeMailbox } from './change-mailboxes.ts'
import type { MailboxInput } from './mailbox-input.ts'
import { daysUntil, dueWarning, endingSecrets, warnOfSecrets } from './secret-expiry.ts'

describe('a client secret that ends', () => {
  test('is told of 30, 7 and 1 days before and at its end, once each', () => {
    const told: [number, number][] = []
    let warned: number | null = null
    for (let left = 40; left >= -5; left--) {
      const due = dueWarning(left, warned)
      if (due === null) continue
      told.push([left, due])
      warned = due
    }
    expect(told).toEqual([
      [30, 30],
      [7, 7],
      [1, 1],
      [0, 0],
    ])
    // After a long pause only what is true now.
    expect(dueWarning(3, null)).toBe(7)
    expect(dueWarning(3, 30)).toBe(7)
    expect(dueWarning(-100, 7)).toBe(0)
  })

  test('is counted in whole days', () => {
    expect(daysUntil('2026-03-09', new Date('2026-03-02T23:59:00Z'))).toBe(7)
    expect(daysUntil('2026-03-01', new Date('2026-03-02T00:00:00Z'))).toBe(-1)
  })

  test('tells by events, and of another day anew', async () => {
    const ctx = await openTestContext('2026-03-02T10:00:00.000Z')
    const department = await ctx.db
      .insertInto('department')
      .values({ name: 'Support', created_at: ctx.clock.now() })
      .returning('id')
      .executeTakeFirstOrThrow()
    const input = (secretExpiresOn: string): MailboxInput => ({
      address: 'support@desk.example',
      department: department.id,
      graph: { user: 'support@desk.example' },
      oauth: {
        provider: 'microsoft',
        grant: 'client_credentials',
        clientId: 'app',
        secret: 'secret',
        tenant: 'desk.example',
        secretExpiresOn,
      },
    })
    const told = async () =>
      (await ctx.db.selectFrom('event').select('data').where('verb', '=', 'mailbox.secret_expiring').orderBy('id').execute()).map(
        (event) => (event.data as { days: number }).days,
      )
    const { id } = await addMailbox(ctx, input('2026-04-10'))
    await warnOfSecrets(ctx)
    expect(await told()).toEqual([])
    expect(await endingSecrets(ctx, 30)).toEqual([])
    for (let day = 0; day < 45; day++) {
      ctx.clock.advance(86_400)
      await Promise.all([warnOfSecrets(ctx), warnOfSecrets(ctx)])
    }
    expect(await told()).toEqual([30, 7, 1, 0])
    expect(await endingSecrets(ctx, 7)).toMatchObject([{ mailbox: id, provider: 'Microsoft', daysLeft: -6 }])
    await changeMailbox(ctx, id, input('2026-04-20'))
    await warnOfSecrets(ctx)
    expect(await told()).toEqual([30, 7, 1, 0, 7])
  })
})
