import { describe, expect, it } from 'vitest'
import { parsedOwn } from '../../tests/mail/own-mail.ts'
import { safeStyle } from './safe-style.ts'
import { hasRemoteImages, sanitizeComposed, sanitizeHtml } from './sanitize-html.ts'

const closed = { imageUrl: (id: string) => (id === 'logo@shop' ? '/files/1?sig=x' : null), allowRemoteImages: false }
const dangerous =
  /<script|<svg|<math|<form|<input|<button|<iframe|<base|<meta|<link|<style|<object|\son\w+\s*=|javascript:|vbscript:|data:text|position\s*:|url\(|@import|expression\(/i

describe('sanitizeHtml', () => {
  it('leaves the words and nothing that acts', () => {
    const html = sanitizeHtml(parsedOwn('script-in-html').html ?? '', closed)
    expect(html).toContain('Hello <b>there</b>')
    expect(html).not.toMatch(dangerous)
    expect(html).not.toContain('steal')
    expect(html).toContain('style="color:red"')
  })

  it('shows pictures of the mail by their signed link, and lets remote ones wait', () => {
    const source =
      '<img src="cid:logo@shop"><img src="cid:gone"><img src="https://t.example/a.gif" srcset="https://t.example/b.gif 2x">'
    const html = sanitizeHtml(source, closed)
    expect(html).toContain('src="/files/1?sig=x"')
    expect(html).toContain('data-missing="true"')
    expect(html).toContain('data-remote-src="https://t.example/a.gif"')
    expect(html).not.toMatch(/[^-]src="https/)
    expect(html).not.toContain('srcset')
    expect(sanitizeHtml(source, { ...closed, allowRemoteImages: true })).toContain(' src="https://t.example/a.gif"')
    expect([hasRemoteImages(source), hasRemoteImages('<img src="cid:x">')]).toEqual([true, false])
  })

  it('opens links elsewhere and drops those that lead into the desk', () => {
    const html = sanitizeHtml(
      '<a href="https://shop.example">a</a><a href="/admin">b</a><a href="#x">c</a><a href="JaVa\tScript:alert(1)">d</a>',
      closed,
    )
    expect(html).toBe(
      '<a href="https://shop.example" target="_blank" rel="noopener noreferrer nofollow">a</a><a>b</a><a>c</a><a>d</a>',
    )
  })

  it.each([
    '<svg><style><img src=x onerror=alert(1)></style></svg>',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
    '<img src="x` `<script>alert(1)</script>"` `>',
    '<a href="&#106;avascript&colon;alert(1)">x</a>',
    '<img src="data:image/svg+xml;base64,PHN2Zz4=">',
    '<div style="background-image:u\\72l(javascript:alert(1))">x</div>',
    '<div style="width:expression(alert(1))">x</div>',
    '<p style="color:red;/**/position:fixed">x</p>',
    '<scr<script>ipt>alert(1)</scr</script>ipt>',
    '<<img src=x onerror=alert(1)>',
    '<textarea><img src=x onerror=alert(1)></textarea>',
    '<!--><img src=x onerror=alert(1)>-->',
    '<template><img src=x onerror=alert(1)></template>',
  ])('%s', (source) => {
    const html = sanitizeHtml(source, { ...closed, allowRemoteImages: true })
    // What stands between tags is text; what a browser would act on are the tags themselves.
    for (const tag of html.match(/<[^>]*>/g) ?? []) expect(tag).not.toMatch(/\son\w+\s*=\s*[^"]|javascript:|svg|position|script/i)
    expect(html).not.toMatch(/<(script|style|svg|math|textarea|template|noscript)/i)
  })

  it('bounds nesting', () => {
    const html = sanitizeHtml(`${'<div>'.repeat(20_000)}deep${'</div>'.repeat(20_000)}`, closed)
    expect(html).toContain('deep')
    expect(html.match(/<div>/g)?.length).toBeLessThanOrEqual(200)
  })
})

it('takes time in proportion to the length', () => {
  const mean = [
    '<div>'.repeat(50_000),
    '<div '.repeat(50_000),
    '<a b="'.repeat(37_000),
    '<!--'.repeat(50_000),
    '<div>x'.repeat(37_000),
    '<div class="gmail_quote">x'.repeat(10_000),
    '<p>x</p>'.repeat(25_000),
    `<p style="${'color:red;'.repeat(25_000)}">x</p>`,
    '<p style="color:red;margin:0 auto">x</p>'.repeat(5_000),
    '</p>'.repeat(50_000),
    '&'.repeat(225_000),
    '<b><i><u>'.repeat(20_000),
  ]
  for (const html of mean) {
    const before = process.cpuUsage()
    sanitizeHtml(html, closed)
    sanitizeComposed(html)
    expect(process.cpuUsage(before).user / 1_000, html.slice(0, 30)).toBeLessThan(2_500)
  }
})

it('keeps only known declarations', () => {
  expect(
    safeStyle(
      'color: #f00 !important; position: fixed; margin: 0 auto; background: url(x); FONT-SIZE: 12px; constructor: x; width: calc(1px)',
    ),
  ).toBe('color:#f00;margin:0 auto;font-size:12px')
})

describe('sanitizeComposed', () => {
  it('keeps what the editor writes', () => {
    const html =
      '<h2>Hi</h2><p><strong>a</strong> <em>b</em> <u>c</u> <s>d</s> <code>e</code></p><ul><li>f</li></ul><ol start="2"><li>g</li></ol><blockquote><p>h</p></blockquote><pre>i</pre><hr />'
    expect(sanitizeComposed(html)).toBe(html)
  })

  it('drops the rest', () => {
    const html = sanitizeComposed(
      '<p class="x" style="color:red" onclick="y">a<span>b</span><img src="https://t.example/a.gif"><script>c</script></p><table><tr><td>d</td></tr></table>',
    )
    expect(html).toBe('<p>ab</p>d')
  })

  it('keeps pictures that are ours', () => {
    expect(
      sanitizeComposed('<p><img src="/files/7" alt="cup"><img src="/files/8"></p>', { ownImage: (src) => src === '/files/7' }),
    ).toBe('<p><img src="/files/7" alt="cup" /></p>')
  })
})
