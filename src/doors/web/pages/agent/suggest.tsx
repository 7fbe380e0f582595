import { type Editor, Extension, type Range } from '@tiptap/core'
import { PluginKey } from '@tiptap/pm/state'
import Suggestion, { type SuggestionProps } from '@tiptap/suggestion'
import { type Ref, useImperativeHandle, useLayoutEffect, useRef, useState } from 'react'
import { classNames } from '../../ui/class-names.ts'

/** One thing that is offered while one types. */
export interface Suggested {
  id: string
  label: string
  /** A second, quieter line. */
  detail?: string
}

/** What is offered after some characters: canned responses after `::`, colleagues after `@`. */
export interface SuggestSource {
  readonly trigger: string
  /** What the list is called. */
  readonly label: string
  /** Said when nothing fits. */
  readonly nothing: string
  readonly allowSpaces: boolean
  find(query: string): Promise<Suggested[]>
  /** Puts the choice where it was asked for; `insert` replaces what was typed. */
  choose(item: Suggested, insert: (html: string) => void): void
}

interface OpenMenu {
  source: SuggestSource
  items: Suggested[]
  loading: boolean
  rect: DOMRect | null
  pick(item: Suggested): void
}

export interface SuggestMenuHandle {
  show(menu: OpenMenu | null): void
  isOpen(): boolean
  /** True when the key was the menu's. */
  key(event: KeyboardEvent): boolean
}

/** The editor's side: watches for the trigger of each source and tells the menu. */
export function suggestExtension(sources: readonly SuggestSource[], menu: () => SuggestMenuHandle | null): Extension {
  return Extension.create({
    name: 'suggest',
    addProseMirrorPlugins() {
      return sources.map((source, index) =>
        Suggestion<Suggested, Suggested>({
          editor: this.editor,
          pluginKey: new PluginKey(`suggest-${index}`),
          char: source.trigger,
          allowSpaces: source.allowSpaces,
          items: ({ query }) => source.find(query),
          command: ({ editor, range, props }) => choose(source, editor, range, props),
          render: () => {
            const show = (props: SuggestionProps<Suggested, Suggested>) =>
              menu()?.show({
                source,
                items: props.items,
                loading: props.loading ?? false,
                rect: props.clientRect?.() ?? null,
                pick: props.command,
              })
            return {
              onStart: show,
              onUpdate: show,
              onExit: () => menu()?.show(null),
              onKeyDown: ({ event }) => menu()?.key(event) ?? false,
            }
          },
        }),
      )
    },
  })
}

function choose(source: SuggestSource, editor: Editor, range: Range, item: Suggested): void {
  // What was typed goes at once; the choice may need a moment, and the writer may have gone on meanwhile.
  editor.chain().focus().deleteRange(range).run()
  source.choose(item, (html) => editor.chain().focus().insertContent(html).run())
}

/** The list at the caret. The focus stays in the text; arrow keys, Enter, Tab and Escape belong to it while it is open. */
export function SuggestMenu({ ref }: { ref: Ref<SuggestMenuHandle> }) {
  const [menu, setMenu] = useState<OpenMenu | null>(null)
  const [at, setAt] = useState(0)
  const current = useRef({ menu, at })
  current.current = { menu, at }
  const list = useRef<HTMLDivElement>(null)
  useImperativeHandle(
    ref,
    () => ({
      show(next) {
        setMenu(next)
        if (!next || next.source !== current.current.menu?.source || next.items !== current.current.menu.items) setAt(0)
      },
      isOpen: () => current.current.menu !== null,
      key(event) {
        const { menu, at } = current.current
        if (!menu) return false
        if (menu.items.length === 0) return false
        if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
          setAt((at + (event.key === 'ArrowDown' ? 1 : -1) + menu.items.length) % menu.items.length)
          return true
        }
        if ((event.key === 'Enter' && !event.ctrlKey && !event.metaKey) || event.key === 'Tab') {
          menu.pick(menu.items[at]!)
          return true
        }
        return false
      },
    }),
    [],
  )
  useLayoutEffect(() => {
    list.current?.querySelector(`[data-at="${at}"]`)?.scrollIntoView({ block: 'nearest' })
  }, [at])
  if (!menu?.rect) return null
  const { rect } = menu
  const above = rect.top > window.innerHeight / 2
  const width = Math.min(352, window.innerWidth - 16)
  return (
    <div
      ref={list}
      role="listbox"
      aria-label={menu.source.label}
      className="popup fixed z-50 max-h-64 overflow-y-auto p-1"
      style={{
        width,
        left: Math.max(8, Math.min(rect.left, window.innerWidth - width - 8)),
        ...(above ? { bottom: window.innerHeight - rect.top + 6 } : { top: rect.bottom + 6 }),
      }}
    >
      {menu.items.length === 0 ? (
        <p role="status" className="px-2 py-2 text-ink-muted">
          {menu.loading ? '…' : menu.source.nothing}
        </p>
      ) : null}
      {menu.items.map((item, index) => (
        <div
          key={item.id}
          role="option"
          tabIndex={-1}
          data-at={index}
          aria-selected={index === at}
          // The text keeps the focus.
          onMouseDown={(event) => {
            event.preventDefault()
            menu.pick(item)
          }}
          onMouseMove={() => setAt(index)}
          className={classNames('cursor-default rounded-small px-2 py-1.5', index === at && 'bg-selected')}
        >
          <div className="truncate font-medium">{item.label}</div>
          {item.detail ? <div className="truncate text-ink-muted text-small">{item.detail}</div> : null}
        </div>
      ))}
    </div>
  )
}
