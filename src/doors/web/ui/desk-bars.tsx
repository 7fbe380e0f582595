import { Link } from 'react-router'
import { useT } from '#i18n/react.tsx'
import { ButtonLink } from './button.tsx'
import { classNames } from './class-names.ts'
import { Notice } from './notice.tsx'

export interface DeskBar {
  tone: 'danger' | 'warning'
  text: string
  /** Where it is mended; null when that is not in the desk. */
  to: string | null
}

/**
 * Bars along the top for what is wrong with the desk itself. One that leads to the page on screen is not shown. `slim` ones leave the
 * room to what people came for; on a telephone only those that mean lost time for customers stay.
 */
export function DeskBars({ bars, here, slim = false }: { bars: readonly DeskBar[]; here: string; slim?: boolean }) {
  const t = useT()
  const shown = bars.filter((bar) => bar.to === null || bar.to.split('?')[0] !== here)
  if (shown.length === 0) return null
  if (slim)
    return (
      <section aria-label={t('common.bars.label')} className="shrink-0 text-small">
        {shown.map((bar) => (
          <p
            key={bar.text}
            className={classNames(
              'flex items-center gap-3 border-line border-b px-4 py-1',
              bar.tone === 'danger' ? 'bg-danger-tint text-danger-ink' : 'bg-warning-tint text-warning-ink max-sm:hidden',
            )}
          >
            <span className="min-w-0 flex-1 truncate" title={bar.text}>
              {bar.text}
            </span>
            {bar.to ? (
              <Link to={bar.to} className="flex min-h-6 shrink-0 items-center underline">
                {t('common.bars.fix')}
              </Link>
            ) : null}
          </p>
        ))}
      </section>
    )
  return (
    <section aria-label={t('common.bars.label')} className="shrink-0">
      {shown.map((bar) => (
        <Notice
          key={bar.text}
          tone={bar.tone}
          className="rounded-none border-x-0 border-t-0"
          {...(bar.to
            ? {
                action: (
                  <ButtonLink to={bar.to} size="small">
                    {t('common.bars.fix')}
                  </ButtonLink>
                ),
              }
            : {})}
        >
          {bar.text}
        </Notice>
      ))}
    </section>
  )
}
