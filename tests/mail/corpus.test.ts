import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { run } from '#doors/cli/parse-mail.ts'

const corpus = join(import.meta.dirname, '../../../shared/corpus')
const present = existsSync(join(corpus, 'dev/manifest.json'))

/** Cases passed of a hundred, strictly scored: what must not be lost again. */
const floors: Record<string, number> = { auto: 95, bounce: 97, hostile: 98, parse: 96, reply: 99, thread: 100 }

async function linesOf(...args: string[]): Promise<string> {
  let out = ''
  const io = { stdout: { write: (text: string) => (out += text) }, stderr: { write: (text: string) => (out += text) } }
  expect(await run(args, io)).toBe(0)
  return out
}

describe.skipIf(!present)('the mails of other projects', () => {
  it('are read as their own tests say', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tessera-corpus-'))
    try {
      writeFileSync(join(folder, 'out.jsonl'), await linesOf(join(corpus, 'dev'), '--jsonl'))
      execFileSync(
        process.execPath,
        [
          join(corpus, 'score.mjs'),
          join(corpus, 'dev'),
          join(folder, 'out.jsonl'),
          '--strict',
          '--quiet',
          '--json',
          join(folder, 'score.json'),
        ],
        {
          stdio: 'ignore',
        },
      )
      const { byKind } = JSON.parse(readFileSync(join(folder, 'score.json'), 'utf8')) as {
        byKind: Record<string, { passed: number; cases: number }>
      }
      for (const [kind, floor] of Object.entries(floors)) {
        const { passed = 0, cases = 0 } = byKind[kind] ?? {}
        expect((100 * passed) / cases, kind).toBeGreaterThanOrEqual(floor)
      }
    } finally {
      rmSync(folder, { recursive: true })
    }
  }, 120_000)
})

describe('parse-mail', () => {
  it('writes one line of JSON a mail', async () => {
    const lines = (await linesOf(import.meta.dirname, '--jsonl'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.length).toBeGreaterThan(25)
    const bounce = lines.find((line) => line.path === 'bounce-mailbox-full.eml')
    expect(bounce).toMatchObject({
      isBounce: true,
      bounceRecipient: 'ada@customer.example',
      bounceStatus: '4.2.2',
      bounceClass: 'soft',
      error: null,
      expectSkip: true,
    })
    expect(bounce.ms).toBeGreaterThan(0)
  })

  it('matches a mail against the desk that its context describes', async () => {
    const [line] = (await linesOf(join(import.meta.dirname, 'gmail-reply.eml'), '--jsonl')).trim().split('\n')
    expect(JSON.parse(line ?? '')).toMatchObject({
      thread: 'T1',
      threadTrust: 'trusted',
      landing: 'append',
      visibleReply: 'It is still loud. Serial number is 7714.',
    })
    expect(JSON.parse(line ?? '').ms).toBeGreaterThan(0)
  })

  it('says what is wrong with a call', async () => {
    let errors = ''
    const io = { stdout: { write: () => true }, stderr: { write: (text: string) => (errors += text) } }
    expect(await run([], io)).toBe(64)
    expect(await run(['--what', 'x.eml'], io)).toBe(64)
    expect(await run(['/nowhere/x.eml'], io)).toBe(66)
    expect(errors).toContain('Unknown option --what.')
    expect(errors).toContain('Cannot read /nowhere/x.eml')
  })
})
