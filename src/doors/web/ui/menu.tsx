import { Menu as Base } from '@base-ui/react/menu'
import { cloneElement, type ReactElement, type ReactNode, useState } from 'react'
import { classNames } from './class-names.ts'
import { Kbd } from './kbd.tsx'

const itemLook =
  'flex min-h-8 cursor-default select-none items-center gap-2 rounded-small px-2 outline-none data-disabled:text-ink-faint data-highlighted:bg-hover pointer-coarse:min-h-10'

interface TriggerProps {
  'aria-haspopup'?: 'menu'
  'aria-expanded'?: boolean
  onClick?: () => void
}

/**
 * A list of acts that opens from `trigger`, which must be a single button element. A page holds many menus of which few are ever
 * opened: until its first press a menu is no more than its button.
 */
export function Menu({
  trigger,
  children,
  align = 'start',
  side = 'bottom',
}: {
  trigger: ReactElement<TriggerProps>
  children: ReactNode
  align?: 'start' | 'center' | 'end'
  side?: 'top' | 'bottom' | 'inline-start' | 'inline-end'
}) {
  const [used, setUsed] = useState(false)
  if (!used) return cloneElement(trigger, { 'aria-haspopup': 'menu', 'aria-expanded': false, onClick: () => setUsed(true) })
  return (
    <Base.Root defaultOpen>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align={align} side={side} className="z-40">
          <Base.Popup className="popup max-h-(--available-height) min-w-48 max-w-80 overflow-y-auto p-1">{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

export function MenuItem({
  children,
  onSelect,
  icon,
  keys,
  tone,
  disabled,
}: {
  children: ReactNode
  onSelect: () => void
  icon?: ReactNode
  /** The key that does the same. */
  keys?: string | undefined
  tone?: 'danger'
  disabled?: boolean
}) {
  return (
    <Base.Item onClick={onSelect} disabled={disabled} className={classNames(itemLook, tone === 'danger' && 'text-danger-ink')}>
      {icon}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {keys ? <Kbd keys={keys} /> : null}
    </Base.Item>
  )
}

/** An item that goes to a place. */
export function MenuLink({
  children,
  to,
  icon,
  download,
}: {
  children: ReactNode
  to: ReactElement
  icon?: ReactNode
  download?: boolean
}) {
  return (
    <Base.Item render={to} data-download={download} className={itemLook}>
      {icon}
      <span className="min-w-0 flex-1 truncate">{children}</span>
    </Base.Item>
  )
}

export function MenuChoice<Value extends string>({
  value,
  options,
  onChange,
  label,
}: {
  value: Value | undefined
  options: { value: Value; label: ReactNode; icon?: ReactNode }[]
  onChange: (value: Value) => void
  label?: ReactNode
}) {
  return (
    <Base.RadioGroup value={value ?? null} onValueChange={(next) => onChange(next as Value)}>
      {label ? <MenuLabel>{label}</MenuLabel> : null}
      {options.map((option) => (
        <Base.RadioItem key={option.value} value={option.value} closeOnClick className={itemLook}>
          <span className="flex w-4 shrink-0 justify-center">
            <Base.RadioItemIndicator>
              <Tick />
            </Base.RadioItemIndicator>
          </span>
          {option.icon}
          <span className="min-w-0 flex-1 truncate">{option.label}</span>
        </Base.RadioItem>
      ))}
    </Base.RadioGroup>
  )
}

export function MenuToggle({
  checked,
  onChange,
  children,
}: {
  checked: boolean
  onChange: (checked: boolean) => void
  children: ReactNode
}) {
  return (
    <Base.CheckboxItem checked={checked} onCheckedChange={onChange} className={itemLook}>
      <span className="flex w-4 shrink-0 justify-center">
        <Base.CheckboxItemIndicator>
          <Tick />
        </Base.CheckboxItemIndicator>
      </span>
      <span className="min-w-0 flex-1 truncate">{children}</span>
    </Base.CheckboxItem>
  )
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <div className="px-2 pt-1.5 pb-0.5 font-medium text-ink-faint text-small">{children}</div>
}

export function MenuSeparator() {
  return <Base.Separator className="mx-1 my-1 h-px bg-line" />
}

function Tick() {
  return (
    <svg
      viewBox="0 0 16 16"
      className="size-4"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d="m3.5 8.5 3 3 6-7" />
    </svg>
  )
}
