import { createElement, type ReactNode } from 'react'

export type RichTag =
  | 'p'
  | 'br'
  | 'strong'
  | 'em'
  | 'u'
  | 's'
  | 'a'
  | 'ul'
  | 'ol'
  | 'li'
  | 'blockquote'
  | 'pre'
  | 'code'
  | 'h1'
  | 'h2'
  | 'h3'
  | 'img'
  | 'hr'

/** Text with the little structure that our editor writes, as a tree: it is drawn by React, so no markup of a stranger reaches the page. */
export type RichNode = string | { tag: RichTag; href?: string; src?: string; alt?: string; children: RichNode[] }

const headings: Partial<Record<RichTag, RichTag | 'h4' | 'h5' | 'h6'>> = { h1: 'h4', h2: 'h5', h3: 'h6' }

function draw(nodes: RichNode[]): ReactNode[] {
  return nodes.map((node, at) => {
    if (typeof node === 'string') return node
    const key = at
    if (node.tag === 'br' || node.tag === 'hr') return createElement(node.tag, { key })
    if (node.tag === 'img') return <img key={key} src={node.src} alt={node.alt ?? ''} loading="lazy" />
    if (node.tag === 'a') {
      return (
        <a key={key} href={node.href} target="_blank" rel="noopener noreferrer nofollow">
          {draw(node.children)}
        </a>
      )
    }
    // A heading inside a message lies below those of the page.
    return createElement(headings[node.tag] ?? node.tag, { key }, ...draw(node.children))
  })
}

export function RichText({ nodes }: { nodes: RichNode[] }) {
  return (
    <div dir="auto" className="prose-message">
      {draw(nodes)}
    </div>
  )
}

const address = /\b(?:https?:\/\/|www\.)[^\s<>"']{2,2000}|\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}\b/giu

/** Plain text with its lines, addresses made into links. */
export function PlainText({ text }: { text: string }) {
  const parts: ReactNode[] = []
  let from = 0
  for (const match of text.matchAll(address)) {
    // Punctuation that ends a sentence does not belong to the address.
    const found = match[0].replace(/[.,;:!?)\]}>'"]+$/u, '')
    parts.push(text.slice(from, match.index))
    const href = found.includes('://')
      ? found
      : found.includes('@') && !found.startsWith('www.')
        ? `mailto:${found}`
        : `https://${found}`
    parts.push(
      <a key={match.index} href={href} target="_blank" rel="noopener noreferrer nofollow" className="link">
        {found}
      </a>,
    )
    from = match.index + found.length
  }
  parts.push(text.slice(from))
  return (
    <div dir="auto" className="wrap-anywhere whitespace-pre-wrap leading-[1.375rem]">
      {parts}
    </div>
  )
}
