import Image from '@tiptap/extension-image'
import Link from '@tiptap/extension-link'
import Placeholder from '@tiptap/extension-placeholder'
import { EditorContent, useEditor, useEditorState } from '@tiptap/react'
import StarterKit from '@tiptap/starter-kit'
import { Bold, Code, Italic, Link2, List, ListOrdered, Strikethrough, TextQuote } from 'lucide-react'
import { type ReactNode, type Ref, useEffect, useImperativeHandle, useRef, useState } from 'react'
import { useT } from '#i18n/react.tsx'
import { Button } from '../../ui/button.tsx'
import { Popover } from '../../ui/popover.tsx'
import { SuggestMenu, type SuggestMenuHandle, type SuggestSource, suggestExtension } from './suggest.tsx'

export interface EditorHandle {
  html(): string
  setHtml(html: string): void
  insertHtml(html: string): void
  focus(): void
  isEmpty(): boolean
}

export interface EditorProps {
  ref: Ref<EditorHandle>
  /** Read once, when the editor is made: what was typed while it was on its way is in it. */
  initialHtml(): string
  label: string
  placeholder: string
  autoFocus: boolean
  /** What is offered while one types; read once, when the editor is made. */
  suggest: readonly SuggestSource[]
  onChange(): void
  onFiles(files: File[]): void
  /** Bytes of a picture that was pasted into the text; answers with where it can be shown from. */
  onImage(file: File): Promise<string | null>
  /** Control or Command with Enter; with Shift it also resolves, with Alt it goes on to the next ticket. */
  onPost(resolve: boolean, next: boolean): void
  /** Escape: out of the text, back to the conversation. */
  onLeave(): void
}

/** The rich editor: the little of HTML that a mail needs. It is fetched when a ticket is open and nobody waits for it. */
export default function Editor({
  ref,
  initialHtml,
  label,
  placeholder,
  autoFocus,
  suggest,
  onChange,
  onFiles,
  onImage,
  onPost,
  onLeave,
}: EditorProps) {
  const t = useT()
  const callbacks = useRef({ onChange, onFiles, onImage, onPost, onLeave })
  callbacks.current = { onChange, onFiles, onImage, onPost, onLeave }
  const menu = useRef<SuggestMenuHandle>(null)
  const sources = useRef(suggest)
  sources.current = suggest
  const editor = useEditor({
    extensions: [
      suggestExtension(
        // Each by its place, so that what a source says of a later ticket counts.
        suggest.map((source, index) => ({
          ...source,
          find: (query) => sources.current[index]!.find(query),
          choose: (item, insert) => sources.current[index]!.choose(item, insert),
        })),
        () => menu.current,
      ),
      StarterKit.configure({ link: false, heading: { levels: [1, 2, 3] } }),
      Link.configure({ openOnClick: false, autolink: true, protocols: ['http', 'https', 'mailto', 'tel'] }),
      Image.configure({ inline: true, allowBase64: false }),
      Placeholder.configure({ placeholder }),
    ],
    content: initialHtml(),
    // The stylesheet that it would write has no nonce; app.css has the few rules it needs.
    injectCSS: false,
    immediatelyRender: false,
    editorProps: {
      attributes: {
        'aria-label': label,
        role: 'textbox',
        'aria-multiline': 'true',
        class: 'prose-message composer-text',
        dir: 'auto',
      },
      // Before the editor's own keys, among which this chord is a line break.
      handleKeyDown: (_view, event) => {
        // The list at the caret has these keys while it is open; its plugin hears them after this.
        if (menu.current?.isOpen() && !event.ctrlKey && !event.metaKey) return false
        if (event.key === 'Escape' && !event.isComposing) {
          callbacks.current.onLeave()
          return true
        }
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return false
        callbacks.current.onPost(event.shiftKey, event.altKey)
        return true
      },
      handlePaste: (_view, event) => takeFiles(event.clipboardData?.files, event),
      handleDrop: (_view, event, _slice, moved) => (moved ? false : takeFiles((event as DragEvent).dataTransfer?.files, event)),
    },
    onUpdate: () => callbacks.current.onChange(),
  })

  function takeFiles(list: FileList | null | undefined, event: Event): boolean {
    const files = [...(list ?? [])]
    if (files.length === 0) return false
    event.preventDefault()
    const pictures = files.filter((file) => /^image\/(png|jpe?g|gif|webp)$/.test(file.type))
    const others = files.filter((file) => !pictures.includes(file))
    if (others.length > 0) callbacks.current.onFiles(others)
    for (const picture of pictures) {
      void callbacks.current.onImage(picture).then((src) => {
        if (src) editor?.chain().focus().setImage({ src, alt: picture.name }).run()
      })
    }
    return true
  }

  useImperativeHandle(
    ref,
    () => ({
      html: () => (editor && !editor.isEmpty ? editor.getHTML() : ''),
      setHtml: (html) => editor?.commands.setContent(html, { emitUpdate: true }),
      insertHtml: (html) => editor?.chain().focus().insertContent(html).run(),
      focus: () => editor?.commands.focus(),
      isEmpty: () => editor?.isEmpty ?? true,
    }),
    [editor],
  )

  useEffect(() => {
    if (autoFocus && editor) editor.commands.focus('end')
  }, [autoFocus, editor])

  const state = useEditorState({
    editor,
    selector: ({ editor: current }) => ({
      bold: current?.isActive('bold') ?? false,
      italic: current?.isActive('italic') ?? false,
      strike: current?.isActive('strike') ?? false,
      bullets: current?.isActive('bulletList') ?? false,
      numbers: current?.isActive('orderedList') ?? false,
      quote: current?.isActive('blockquote') ?? false,
      code: current?.isActive('code') ?? false,
      link: current?.isActive('link') ?? false,
    }),
  })

  return (
    <>
      <div className="max-h-[40vh] min-h-20 overflow-y-auto px-3 py-2">
        <EditorContent editor={editor} />
      </div>
      <SuggestMenu ref={menu} />
      <div role="toolbar" aria-label={t('agent.composer.formatting')} className="flex flex-wrap gap-0.5 px-2 pb-1 max-sm:hidden">
        <Tool label={t('agent.composer.bold')} on={state?.bold} press={() => editor?.chain().focus().toggleBold().run()}>
          <Bold className="size-4" aria-hidden="true" />
        </Tool>
        <Tool label={t('agent.composer.italic')} on={state?.italic} press={() => editor?.chain().focus().toggleItalic().run()}>
          <Italic className="size-4" aria-hidden="true" />
        </Tool>
        <Tool label={t('agent.composer.strike')} on={state?.strike} press={() => editor?.chain().focus().toggleStrike().run()}>
          <Strikethrough className="size-4" aria-hidden="true" />
        </Tool>
        <Tool
          label={t('agent.composer.bullets')}
          on={state?.bullets}
          press={() => editor?.chain().focus().toggleBulletList().run()}
        >
          <List className="size-4" aria-hidden="true" />
        </Tool>
        <Tool
          label={t('agent.composer.numbers')}
          on={state?.numbers}
          press={() => editor?.chain().focus().toggleOrderedList().run()}
        >
          <ListOrdered className="size-4" aria-hidden="true" />
        </Tool>
        <Tool label={t('agent.composer.quote')} on={state?.quote} press={() => editor?.chain().focus().toggleBlockquote().run()}>
          <TextQuote className="size-4" aria-hidden="true" />
        </Tool>
        <Tool label={t('agent.composer.code')} on={state?.code} press={() => editor?.chain().focus().toggleCode().run()}>
          <Code className="size-4" aria-hidden="true" />
        </Tool>
        <LinkTool
          on={state?.link ?? false}
          current={() => String(editor?.getAttributes('link').href ?? '')}
          set={(href) => editor?.chain().focus().extendMarkRange('link').setLink({ href }).run()}
          remove={() => editor?.chain().focus().extendMarkRange('link').unsetLink().run()}
        />
      </div>
    </>
  )
}

function Tool({
  label,
  on,
  press,
  children,
}: {
  label: string
  on: boolean | undefined
  press: () => void
  children: ReactNode
}) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      aria-pressed={on ?? false}
      onClick={press}
      className="flex size-7 items-center justify-center rounded-small text-ink-muted hover:bg-hover hover:text-ink aria-pressed:bg-selected aria-pressed:text-ink"
    >
      {children}
    </button>
  )
}

function LinkTool({
  on,
  current,
  set,
  remove,
}: {
  on: boolean
  current: () => string
  set: (href: string) => void
  remove: () => void
}) {
  const t = useT()
  const [open, setOpen] = useState(false)
  const [href, setHref] = useState('')
  const label = t('agent.composer.link')
  const apply = () => {
    const address = href.trim()
    if (address) set(/^[a-z]+:/i.test(address) ? address : address.includes('@') ? `mailto:${address}` : `https://${address}`)
    setOpen(false)
  }
  return (
    <Popover
      open={open}
      onOpenChange={(next) => {
        if (next) setHref(current())
        setOpen(next)
      }}
      trigger={
        <button
          type="button"
          aria-label={label}
          title={label}
          aria-pressed={on}
          className="flex size-7 items-center justify-center rounded-small text-ink-muted hover:bg-hover hover:text-ink aria-pressed:bg-selected aria-pressed:text-ink"
        >
          <Link2 className="size-4" aria-hidden="true" />
        </button>
      }
    >
      <div className="flex flex-col gap-2">
        <label className="flex flex-col gap-1 font-medium">
          {t('agent.composer.linkAddress')}
          <input
            type="url"
            value={href}
            onChange={(event) => setHref(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter') {
                event.preventDefault()
                apply()
              }
            }}
            className="control font-normal"
          />
        </label>
        <div className="flex gap-2">
          <Button variant="primary" onClick={apply}>
            {t('agent.composer.linkSet')}
          </Button>
          {on ? (
            <Button
              onClick={() => {
                remove()
                setOpen(false)
              }}
            >
              {t('agent.composer.linkRemove')}
            </Button>
          ) : null}
        </div>
      </div>
    </Popover>
  )
}
