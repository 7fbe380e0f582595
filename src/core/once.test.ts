import { expect, test } from 'vitest'
import { openTestContext } from '../../tests/world/context.ts'
import { countAttempt } from './limits.ts'
import { once } from './once.ts'

test('a repeat answers as the first did and changes nothing, also when both come at once', async () => {
  const ctx = await openTestContext()
  let ran = 0
  const act = () =>
    once(ctx, 'form', 'a-key', async () => {
      ran += 1
      return { number: ran }
    })
  expect(await Promise.all([act(), act(), act()])).toEqual([{ number: 1 }, { number: 1 }, { number: 1 }])
  expect(ran).toBe(1)
})

test('a failed first try leaves the key free', async () => {
  const ctx = await openTestContext()
  await expect(once(ctx, 'form', 'b-key', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await once(ctx, 'form', 'b-key', async () => 'yes')).toBe('yes')
})

test('attempts are counted within a window and free again after it', async () => {
  const ctx = await openTestContext()
  const limit = { name: 'door', max: 2, windowSeconds: 60 }
  await countAttempt(ctx, limit, 'Kim@x')
  await countAttempt(ctx, limit, 'kim@x')
  await expect(countAttempt(ctx, limit, 'kim@x')).rejects.toMatchObject({ code: 'too_many', params: { seconds: 60 } })
  ctx.clock.advance(61)
  await countAttempt(ctx, limit, 'kim@x')
})
