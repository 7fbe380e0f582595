import { expect, test } from 'vitest'
import { richNodes } from './rich-nodes.ts'

test('what the editor writes is kept', () => {
  expect(richNodes('<p>Hello <strong>there</strong></p><ul><li>one</li></ul>')).toEqual([
    { tag: 'p', children: ['Hello ', { tag: 'strong', children: ['there'] }] },
    { tag: 'ul', children: [{ tag: 'li', children: ['one'] }] },
  ])
})

test('nothing that acts gets through', () => {
  const nodes = richNodes(
    '<script>alert(1)</script><p onclick="x()">a<a href="javascript:alert(1)">b</a></p><img src="https://evil.example/x.png"><iframe src="/"></iframe><svg><script>1</script></svg>',
  )
  expect(nodes).toEqual([{ tag: 'p', children: ['a', 'b'] }])
})

test('links and our own pictures stay', () => {
  expect(richNodes('<a href="https://example.org/">x</a><img src="/files/7/a.png" alt="A">')).toEqual([
    { tag: 'a', href: 'https://example.org/', children: ['x'] },
    { tag: 'img', src: '/files/7/a.png', alt: 'A', children: [] },
  ])
})

test('a stored picture is shown by the address of its attachment', () => {
  const html = '<img src="cid:attachment-7" alt="A"><img src="cid:attachment-8">'
  expect(richNodes(html, (id) => (id === 7 ? '/files/7/a.png' : null))).toEqual([
    { tag: 'img', src: '/files/7/a.png', alt: 'A', children: [] },
  ])
})

test('a thousand levels deep is cut, not followed', () => {
  expect(() => richNodes('<blockquote>'.repeat(5_000))).not.toThrow()
})
