import type { ReactNode } from 'react'
import { NavLink } from 'react-router'
import { classNames } from './class-names.ts'

/** Neighbouring places of one subject, each with its own address. They wrap, so that the chosen one is in view without a script. */
export function TabLinks({ label, links }: { label: string; links: { to: string; label: ReactNode; end?: boolean }[] }) {
  return (
    <nav aria-label={label} className="flex flex-wrap gap-x-4 border-line border-b">
      {links.map((link) => (
        <NavLink
          key={link.to}
          to={link.to}
          end={link.end ?? false}
          className={({ isActive }) =>
            classNames(
              '-mb-px flex min-h-9 items-center whitespace-nowrap border-b-2',
              isActive ? 'border-accent font-medium text-ink' : 'border-transparent text-ink-muted hover:text-ink',
            )
          }
        >
          {link.label}
        </NavLink>
      ))}
    </nav>
  )
}
