import { Tabs as Base } from '@base-ui/react/tabs'
import type { ReactNode } from 'react'

/** Faces of one thing, one at a time. Places with an address of their own are links (`TabLinks`), not tabs. */
export function Tabs({
  tabs,
  value,
  onChange,
  label,
  keepMounted,
}: {
  tabs: { value: string; label: ReactNode; content: ReactNode }[]
  value?: string
  onChange?: (value: string) => void
  label: string
  keepMounted?: boolean
}) {
  return (
    <Base.Root
      {...(value === undefined ? { defaultValue: tabs[0]?.value } : { value })}
      onValueChange={(next) => onChange?.(String(next))}
    >
      <Base.List aria-label={label} className="flex gap-4 border-line border-b">
        {tabs.map((tab) => (
          <Base.Tab
            key={tab.value}
            value={tab.value}
            className="-mb-px min-h-9 border-transparent border-b-2 text-ink-muted hover:text-ink data-active:border-accent data-active:font-medium data-active:text-ink"
          >
            {tab.label}
          </Base.Tab>
        ))}
      </Base.List>
      {tabs.map((tab) => (
        <Base.Panel key={tab.value} value={tab.value} keepMounted={keepMounted ?? false} className="pt-3">
          {tab.content}
        </Base.Panel>
      ))}
    </Base.Root>
  )
}
