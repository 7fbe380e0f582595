import { Link } from 'react-router'
import type { DemoRole } from '#demo/demo-desk.ts'
import { useT } from '#i18n/react.tsx'
import { classNames } from './class-names.ts'
import { FormGuard } from './form.tsx'

export interface DemoStripView {
  /** Who is signed in, when it is one of the cast. */
  role: DemoRole | null
  people: { role: DemoRole; name: string }[]
}

const item =
  'inline-flex min-h-7 shrink-0 items-center rounded-base px-2 text-small hover:bg-hover pointer-coarse:min-h-9 aria-pressed:bg-surface aria-pressed:font-semibold'

/** Along the top of every page of a demonstration: who looks, where to begin, and what the outside world sends and gets. */
export function DemoStrip({ view }: { view: DemoStripView }) {
  const t = useT()
  return (
    <section
      aria-label={t('demo.label')}
      className="sticky top-0 z-20 flex h-(--strip) items-center gap-1 overflow-x-auto max-sm:flex-wrap max-sm:content-center max-sm:gap-y-0 border-line border-b bg-accent-tint px-3 text-accent-ink max-sm:px-2 [scrollbar-width:none]"
    >
      <strong className="shrink-0 pe-1 font-semibold text-small max-sm:hidden" title={t('demo.local')}>
        {t('demo.short')}
      </strong>
      {/* A document of its own afterwards: another person, another token. */}
      <form method="post" action="/demo/look-as" className="flex shrink-0 items-center gap-0.5">
        <FormGuard />
        <span className="px-1 text-small max-sm:sr-only">{t('demo.look')}</span>
        {view.people.map(({ role, name }) => (
          <button
            key={role}
            type="submit"
            name="role"
            value={role}
            aria-pressed={view.role === role}
            title={name}
            className={item}
          >
            {t(`demo.roles.${role}`)}
          </button>
        ))}
      </form>
      <span aria-hidden="true" className="mx-1 h-4 w-px shrink-0 bg-line-control max-sm:hidden" />
      <form method="post" action="/demo/look-as" className="flex shrink-0">
        <FormGuard />
        <button type="submit" name="role" value="start" className={classNames(item, 'font-medium')}>
          {t('demo.startHere')}
        </button>
      </form>
      <Link to="/demo/mail" reloadDocument className={item}>
        <span className="max-lg:hidden">{t('demo.write')}</span>
        <span className="lg:hidden">{t('demo.writeShort')}</span>
      </Link>
      <Link to="/demo/outbox" reloadDocument className={item}>
        {t('demo.outbox')}
      </Link>
      <span className="ms-auto shrink-0 ps-4 text-small max-xl:hidden">{t('demo.local')}</span>
    </section>
  )
}
