import { describe, expect, it } from 'vitest'
import { safeStyleSheet } from './safe-style-sheet.ts'
import { sanitizeHtml } from './sanitize-html.ts'

const sheet = (css: string): string => safeStyleSheet(`<html><head><style type="text/css">${css}</style></head>`)

describe('style sheets of mails', () => {
  it.each([
    ['.a, p.b > td { color: #f00; padding: 4px }', '.a,p.b > td{color:#f00;padding:4px}'],
    ['<!-- .a{color:red} -->', '.a{color:red}'],
    ['/* note */ .a{color:red} /* }{ */ .b{color:blue}', '.a{color:red}\n.b{color:blue}'],
    [
      '@media only screen and (max-width: 600px) { .a { width: 100% !important } }',
      '@media only screen and (max-width: 600px){\n.a{width:100%}\n}',
    ],
    ['a:hover{text-decoration:underline}', 'a:hover{text-decoration:underline}'],
  ])('keeps %s', (css, kept) => expect(sheet(css)).toBe(kept))

  it.each([
    '@import url(https://evil.example/x.css);',
    '@import "https://evil.example/x.css";',
    '@font-face{font-family:x;src:url(https://evil.example/x.woff)}',
    '@keyframes x{from{color:red}to{color:blue}}',
    '.a{background:url(https://evil.example/p.gif)}',
    '.a{background-image:url("data:image/svg+xml,x")}',
    '.a{position:fixed;top:0;left:0;z-index:9}',
    '.a{behavior:url(x.htc)}',
    '.a{width:expression(alert(1))}',
    '.a{-moz-binding:url(x)}',
    'input[value^="a"]{color:red}',
    '#main{color:red}',
    '.a\\3c{color:red}',
    '.a{color:red\\;position:fixed}',
    '.a{content:"<script>"}',
    '@media (prefers-color-scheme: dark){.a{color:white}}',
    '.a{color:red',
    '@media screen{.a{b{color:red}}}',
  ])('drops %s', (css) => expect(sheet(css).replace('.a{color:red}', '')).toBe(''))

  it('goes on behind what it drops', () => {
    expect(
      sheet('@font-face{src:url(x)} @import "a"; @keyframes k{from{color:red}} .a{color:red} .b{position:fixed;color:blue}'),
    ).toBe('.a{color:red}\n.b{color:blue}')
  })

  it('cannot leave its element', () => {
    for (const css of [
      '.a{color:red}</style><script>alert(1)</script>',
      '.a{font-family:"</style><img src=x onerror=alert(1)>"}',
    ]) {
      const html = sanitizeHtml(`<style>${css}</style><p class="a">x</p>`, {
        imageUrl: () => null,
        allowRemoteImages: false,
        styleSheets: true,
      })
      expect(html).not.toMatch(/script|onerror|<img[^>]*src=/)
      expect(html).toContain('<p class="a">x</p>')
    }
  })

  it('is only kept where the mail is a document of its own', () => {
    const source = '<style>.a{color:red}</style><p class="a">x</p>'
    expect(sanitizeHtml(source, { imageUrl: () => null, allowRemoteImages: false })).toBe('<p>x</p>')
    expect(sanitizeHtml(source, { imageUrl: () => null, allowRemoteImages: false, styleSheets: true })).toBe(
      '<style>.a{color:red}</style><p class="a">x</p>',
    )
  })

  it('takes time in proportion to the length', () => {
    for (const unit of ['{', '}', '.a{', '@media a{', '/*', '/**', ',a', '<style>', '<style>.a{', ';', '@', 'a{}', '<!--']) {
      const before = process.cpuUsage()
      safeStyleSheet(`<style>${unit.repeat(Math.ceil(400_000 / unit.length))}`)
      expect(process.cpuUsage(before).user / 1_000, unit).toBeLessThan(1_500)
    }
  })
})
