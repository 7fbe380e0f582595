import { afterAll, describe, expect, it } from 'vitest'
import { ownMail } from '../../../tests/mail/own-mail.ts'
import { readMail } from './packed-mail.ts'
import { openParsePool } from './parse-pool.ts'

const script = new URL('./parse-worker.ts', import.meta.url)

describe('parse pool', () => {
  const pool = openParsePool({ script, threads: 2, inlineBytes: 0 })
  afterAll(() => pool.close())

  it('gives what the parser gives, attachments included, many at a time', async () => {
    const names = ['gmail-reply', 'bidi-and-path-in-file-name', 'mail-inside-a-mail', 'bounce-mailbox-full']
    const mails = await Promise.all(names.flatMap((name) => [ownMail(name), ownMail(name)]).map((raw) => pool.parse(raw)))
    for (const [index, mail] of mails.entries()) expect(mail).toEqual(readMail(ownMail(names[index >> 1] ?? '')))
    expect(mails[0]?.cut.visibleText).toBe('It is still loud. Serial number is 7714.')
    expect(Buffer.isBuffer(mails[2]?.attachments[0]?.content)).toBe(true)
  })

  it('leaves the octets it was given alone', async () => {
    const raw = ownMail('gmail-reply')
    await pool.parse(raw)
    expect(raw.equals(ownMail('gmail-reply'))).toBe(true)
  })
})

it('ends a thread that takes too long, and goes on with another', async () => {
  const pool = openParsePool({
    script: new URL('../../../tests/mail/stuck-worker.mjs', import.meta.url),
    timeoutMs: 200,
    inlineBytes: 0,
  })
  const [stuck, after] = await Promise.all([pool.parse(Buffer.from('stuck')), pool.parse(Buffer.from('fine'))])
  expect(stuck.defects).toEqual([{ code: 'took_too_long', detail: 'more than 200 ms' }])
  expect(stuck.rawSize).toBe(5)
  expect(after.subject).toBe('fine')
  await pool.close()
})

it('ends a thread that takes too much memory', async () => {
  const pool = openParsePool({
    script: new URL('../../../tests/mail/stuck-worker.mjs', import.meta.url),
    memoryMb: 20,
    inlineBytes: 0,
  })
  const [greedy, after] = await Promise.all([pool.parse(Buffer.from('greedy')), pool.parse(Buffer.from('fine'))])
  expect(greedy.defects[0]?.code).toBe('out_of_memory')
  expect(after.subject).toBe('fine')
  await pool.close()
})

it('answers what is in work when it closes', async () => {
  const pool = openParsePool({ script: new URL('../../../tests/mail/stuck-worker.mjs', import.meta.url), inlineBytes: 0 })
  const work = [pool.parse(Buffer.from('stuck')), pool.parse(Buffer.from('fine'))]
  await pool.close()
  for (const mail of await Promise.all(work)) expect(mail.defects[0]?.code).toBe('parser_failed')
  expect((await pool.parse(Buffer.from('late'))).defects[0]?.code).toBe('parser_failed')
})

it('sends no small mail on the way to a thread', async () => {
  const pool = openParsePool({ script: new URL('../../../tests/mail/stuck-worker.mjs', import.meta.url) })
  expect((await pool.parse(ownMail('gmail-reply'))).from?.address).toBe('kim@shop.example')
  await pool.close()
})

it('parses on the calling thread without a script', async () => {
  const pool = openParsePool()
  expect((await pool.parse(ownMail('gmail-reply'))).subject).toBe('Re: Grinder is loud [#482913]')
  await pool.close()
})
