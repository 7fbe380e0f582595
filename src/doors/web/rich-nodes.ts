import { type DefaultTreeAdapterTypes, parseFragment } from 'parse5'
import type { RichNode, RichTag } from './ui/rich-text.tsx'

const kept = new Set<string>([
  'p',
  'br',
  'strong',
  'em',
  'u',
  's',
  'a',
  'ul',
  'ol',
  'li',
  'blockquote',
  'pre',
  'code',
  'h1',
  'h2',
  'h3',
  'img',
  'hr',
])
const same: Record<string, RichTag> = { b: 'strong', i: 'em', del: 's', strike: 's', div: 'p' }
const dropped = new Set(['script', 'style', 'template', 'title', 'iframe', 'object', 'noscript', 'textarea', 'select'])
const MAX_DEPTH = 40

/**
 * Turns what our editor wrote into the tree that `RichText` draws. It is strict by itself: unknown elements give their text only,
 * links go to http, https, mailto and tel, pictures come from our own files. Stored HTML names a picture by its attachment
 * (`cid:attachment-7`); `pictureOf` gives its address, which begins with /files/.
 */
export function richNodes(html: string, pictureOf: (attachment: number) => string | null = () => null): RichNode[] {
  return walk(parseFragment(html).childNodes, 0, pictureOf)
}

function walk(
  nodes: DefaultTreeAdapterTypes.ChildNode[],
  depth: number,
  pictureOf: (attachment: number) => string | null,
): RichNode[] {
  if (depth > MAX_DEPTH) return []
  return nodes.flatMap((node): RichNode[] => {
    if (node.nodeName === '#text') return [(node as DefaultTreeAdapterTypes.TextNode).value]
    if (!('tagName' in node) || dropped.has(node.tagName)) return []
    const children = walk(node.childNodes, depth + 1, pictureOf)
    const tag = (same[node.tagName] ?? node.tagName) as RichTag
    if (!kept.has(tag)) return children
    const attribute = (name: string): string | undefined => node.attrs.find((one) => one.name === name)?.value
    if (tag === 'a') {
      const href = attribute('href') ?? ''
      return /^(https?:|mailto:|tel:)/i.test(href) ? [{ tag, href, children }] : children
    }
    if (tag === 'img') {
      const named = /^cid:attachment-(\d{1,15})$/.exec(attribute('src') ?? '')?.[1]
      const src = named ? (pictureOf(Number(named)) ?? '') : (attribute('src') ?? '')
      return /^\/files\//.test(src) ? [{ tag, src, alt: attribute('alt') ?? '', children: [] }] : []
    }
    return [{ tag, children }]
  })
}
