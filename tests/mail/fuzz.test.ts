import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutQuote } from '#channels/email/cut-quote.ts'
import { parseMail } from '#channels/email/parse-mail.ts'
import { contactOf, forwardedAuthor, screenMail } from '#channels/email/screen-mail.ts'
import { senderVerdict } from '#channels/email/sender-verdict.ts'
import { threadCandidates } from '#threads/match-thread.ts'
import { sanitizeComposed, sanitizeHtml } from '#threads/sanitize-html.ts'

const own = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.eml'))
  .map((name) => readFileSync(join(import.meta.dirname, name)))
const pieces = [
  '\r\n\r\n',
  '--b\r\n',
  '--b--',
  'Content-Type: multipart/mixed; boundary=b\r\n',
  'Content-Type: message/rfc822\r\n',
  'Content-Transfer-Encoding: base64\r\n',
  '=?utf-8?B?',
  '?=',
  '=?iso-2022-jp?Q?=1B$B',
  '<',
  '>',
  '"',
  '\\',
  '(',
  '\0',
  '\xff',
  '=',
  '=\r\n',
  ';',
  "filename*0*=utf-8''%",
  '\r\n ',
  'From: ',
  'begin 644 x\n',
  '=ybegin line=128 size=9 name=x\n',
  '=yend size=9\n',
  'Content-Type: application/ms-tnef\r\n',
  'Content-Type: text/calendar\r\n',
  '\x78\x9f\x3e\x22\x01\x00\x02\x02\x90\x06\x00\x0e\x00\x00\x00',
  '\x03\x90\x06\x00\xff\xff\xff\xff',
  'BEGIN:VEVENT\nDTSTART:20250602\n',
  'charset=hz-gb-2312;',
  '~{',
  '<script>',
  '<img src=x onerror=alert(1)>',
  '<svg onload=alert(1)>',
  '<blockquote type=cite>',
  '</div>',
  '<!--',
  '<style>',
  '&#x6a;avascript:',
  'On 2 Jun 2025, at 9:58, A <a@b.c> wrote:\n',
  '> ',
  '```\n',
]
const long = process.env.TEST_LONG ? 10 : 1
/** The same mails in each short run, others in each long one. FUZZ_SEED repeats a run; what fails is printed with its seed. */
const seed = Number(process.env.FUZZ_SEED ?? (process.env.TEST_LONG ? Date.now() % 1_000_000_007 : 20250602))
if (process.env.TEST_LONG) console.info(`fuzz: FUZZ_SEED=${seed}`)

const mutated = fc
  .record({
    base: fc.constantFrom(...own),
    cuts: fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        drop: fc.nat(40),
        put: fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 20, unit: 'binary' })),
      }),
      { maxLength: 8 },
    ),
  })
  .map(({ base, cuts }) => {
    let bytes = base
    for (const { at, drop, put } of cuts) {
      const from = Math.floor(at * bytes.length)
      bytes = Buffer.concat([bytes.subarray(0, from), Buffer.from(put, 'latin1'), bytes.subarray(from + drop)])
    }
    return bytes
  })

describe('whatever comes', () => {
  it('is read, screened, cut and shown without an error, and nothing in it acts', () => {
    fc.assert(
      fc.property(mutated, (raw) => {
        const before = process.cpuUsage()
        const mail = parseMail(raw)
        expect(mail.defects.filter((defect) => defect.code === 'parser_failed')).toEqual([])
        for (const line of [
          mail.subject,
          mail.from?.name ?? '',
          mail.from?.address ?? '',
          ...mail.attachments.map((part) => part.name),
          ...mail.headers.map((header) => header.value),
        ]) {
          expect(line).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u)
        }
        for (const part of mail.attachments) {
          expect(part.name).not.toMatch(/[/\\]/)
          expect(part.name.length).toBeGreaterThan(0)
          expect(part.name.length).toBeLessThanOrEqual(200)
        }
        expect(mail.text).not.toContain('\0')
        screenMail(mail)
        senderVerdict(mail, { trustedAuthservIds: ['mx.desk.example'] })
        threadCandidates(mail, { signingKey: new Uint8Array(32) })
        contactOf(mail)
        forwardedAuthor(mail)
        const cut = cutQuote(mail)
        for (const html of [mail.html ?? '', cut.visibleHtml ?? '', mail.text]) expectHarmless(html)
        // Our own time, not that of the machine: none may hold the desk up.
        expect(process.cpuUsage(before).user / 1_000).toBeLessThan(2_000)
      }),
      { numRuns: 2_000 * long, seed },
    )
  })

  it('as HTML stays harmless', () => {
    const markup = fc
      .array(
        fc.oneof(
          fc.constantFrom(
            ...pieces,
            '<a href="',
            'javascript:',
            '<p style="',
            'position:fixed',
            'url(',
            '<style>',
            '</style>',
            '.a{',
            '}',
            '@import "x";',
            '@media screen{',
            'color:red;',
            '/*',
            '<math>',
            '<table>',
            '<title>',
            '<textarea>',
            '-->',
            ']]>',
            '<![CDATA[',
          ),
          fc.string({ maxLength: 6 }),
        ),
        { maxLength: 40 },
      )
      .map((all) => all.join(''))
    fc.assert(fc.property(markup, expectHarmless), { numRuns: 2_000 * long, seed })
  })
})

/** No element and no attribute beyond the lists: judged on the tags as a browser would find them. */
function expectHarmless(html: string): void {
  const framed = sanitizeHtml(html, { imageUrl: () => '/part/1', allowRemoteImages: true, styleSheets: true })
  const sheet = /^<style>([^<]*)<\/style>/.exec(framed)
  expect(framed.slice(sheet?.[0].length ?? 0)).not.toMatch(/<style/i)
  expect(sheet?.[1] ?? '').not.toMatch(/[\\<]|url\(|@import|@font-face|expression|position|behavior|content:/i)
  for (const safe of [sanitizeHtml(html, { imageUrl: () => '/part/1', allowRemoteImages: true }), sanitizeComposed(html)]) {
    for (const [tag] of safe.matchAll(/<[^>]*>/g)) {
      expect(tag).toMatch(/^<\/?[a-z][a-z0-9]*(\s[a-z-]+(="[^"]*")?)*\s?\/?>$/)
      expect(tag).not.toMatch(
        /^<\/?(script|style|svg|math|iframe|object|embed|form|input|button|base|meta|link|template|textarea|noscript|title)\b/,
      )
      expect(tag).not.toMatch(/\son[a-z]+=/)
      expect(tag).not.toMatch(/(href|src)="\s*(javascript|vbscript|data:text)/i)
      expect(tag).not.toMatch(/style="[^"]*(position|url\(|expression|@import)/i)
    }
  }
}
