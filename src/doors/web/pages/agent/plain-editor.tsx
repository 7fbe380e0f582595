import { Component, type ReactNode, type Ref, useEffect, useImperativeHandle, useRef } from 'react'
import type { EditorHandle } from './editor.tsx'

const escapeHtml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const textToHtml = (text: string): string =>
  text.trim() === ''
    ? ''
    : text
        .split(/\n{2,}/)
        .map((paragraph) => `<p>${escapeHtml(paragraph).replaceAll('\n', '<br>')}</p>`)
        .join('')

function htmlToText(html: string): string {
  if (typeof DOMParser === 'undefined' || html === '') return ''
  const body = new DOMParser().parseFromString(html.replace(/<br\s*\/?>/gi, '\n').replace(/<\/p>/gi, '\n\n'), 'text/html').body
  return (body.textContent ?? '').trim()
}

/** When the rich editor cannot be fetched, or fails, one still writes: in plain text. */
export class EditorGuard extends Component<{ fallback: ReactNode; children: ReactNode }, { failed: boolean }> {
  override state = { failed: false }
  static getDerivedStateFromError() {
    return { failed: true }
  }
  override render() {
    return this.state.failed ? this.props.fallback : this.props.children
  }
}

/** Takes the first words while the rich editor is still on its way; what was typed here is in the editor when it comes. */
export function PlainEditor({
  ref,
  initialHtml,
  label,
  placeholder,
  autoFocus,
  onChange,
}: {
  ref: Ref<EditorHandle>
  initialHtml(): string
  label: string
  placeholder: string
  autoFocus: boolean
  onChange(): void
}) {
  const area = useRef<HTMLTextAreaElement>(null)
  const initial = useRef(initialHtml)
  useEffect(() => {
    const html = initial.current()
    if (area.current && html && !area.current.value) area.current.value = htmlToText(html)
    if (autoFocus) area.current?.focus()
  }, [autoFocus])
  useImperativeHandle(
    ref,
    () => ({
      html: () => textToHtml(area.current?.value ?? ''),
      setHtml: (html) => {
        if (area.current) area.current.value = htmlToText(html)
      },
      insertHtml: (html) => {
        if (area.current) area.current.value += htmlToText(html)
      },
      focus: () => area.current?.focus(),
      isEmpty: () => !area.current?.value.trim(),
    }),
    [],
  )
  return (
    <textarea
      ref={area}
      aria-label={label}
      placeholder={placeholder}
      onChange={onChange}
      rows={4}
      className="block max-h-[40vh] min-h-20 w-full resize-none bg-transparent px-3 py-2 outline-none"
    />
  )
}
