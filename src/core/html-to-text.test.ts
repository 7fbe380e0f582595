import { describe, expect, it } from 'vitest'
import { htmlLines, htmlToText } from './html-to-text.ts'

describe('htmlToText', () => {
  it.each([
    ['paragraphs, breaks and rules', '<p>one</p><p>two<br>three</p><hr>four', 'one\n\ntwo\nthree\n\nfour'],
    [
      'lists, also in lists',
      '<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul><ol start="1"><li>d</li><li>e</li></ol>',
      '- a\n- b\n  - c\n\n1. d\n2. e',
    ],
    ['quotes', '<p>a</p><blockquote>b<blockquote>c</blockquote></blockquote>', 'a\n\n> b\n>\n>> c'],
    ['tables', '<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>', '1 2\n3'],
    ['kept white space', '<pre>x\n  y</pre>', 'x\n  y'],
    ['white space', ' <b>a</b>  \n <i>b</i>c ', 'a bc'],
    [
      'lines that Word writes',
      '<p class=MsoNormal>a</p><p class=MsoNormal>b</p><p class=MsoNormal>&nbsp;</p><p class=MsoNormal>c</p>',
      'a\nb\n\nc',
    ],
    [
      'character references',
      '&lt;b&gt; &amp; &eacute;&#233;&#xe9; &#128; &constructor; &#0;',
      '<b> & ééé € &constructor; \ufffd',
    ],
    ['what is not shown', 'a<style>b{}</style><script>c</script><title>d</title><!-- e --><!-- > -->f', 'af'],
    ['pictures by their words', '<img alt="A cup"> <img src="x">', 'A cup'],
    ['tags that never end', 'a <b and <3 is < 4', 'a <b and <3 is < 4'],
  ])('%s', (_what, html, text) => {
    expect(htmlToText(html)).toBe(text)
  })
})

it('tells where each line came from', () => {
  const html = '<p>one</p><div class="gmail_quote"><p>two</p></div>'
  expect(
    htmlLines(html)
      .filter((line) => line.text)
      .map((line) => [html.slice(line.start, line.start + 3), line.mark]),
  ).toEqual([
    ['one', null],
    ['two', 'quote'],
  ])
})
