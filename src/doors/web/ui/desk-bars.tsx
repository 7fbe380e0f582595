import { useT } from '#i18n/react.tsx'
import { ButtonLink } from './button.tsx'
import { Notice } from './notice.tsx'

export interface DeskBar {
  tone: 'danger' | 'warning'
  text: string
  /** Where it is mended; null when that is not in the desk. */
  to: string | null
}

/** Bars along the top for what is wrong with the desk itself. One that leads to the page on screen is not shown. */
export function DeskBars({ bars, here }: { bars: readonly DeskBar[]; here: string }) {
  const t = useT()
  const shown = bars.filter((bar) => bar.to === null || bar.to.split('?')[0] !== here)
  if (shown.length === 0) return null
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
