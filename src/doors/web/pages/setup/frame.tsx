import { Outlet, useLocation } from 'react-router'
import { setup } from '#i18n/en/setup.ts'
import { MessagesProvider, useT } from '#i18n/react.tsx'
import { classNames } from '../../ui/class-names.ts'
import { TileMark } from '../../ui/mark.tsx'
import { SkipLink } from '../../ui/skip-link.tsx'
import { SmallScript } from '../../ui/small-script.tsx'

const messages = { setup }

export default function SetupFrame() {
  return (
    <MessagesProvider of={messages}>
      <Frame />
    </MessagesProvider>
  )
}

const order = ['desk', 'hours', 'administrator', 'mailbox', 'colleagues'] as const

function Frame() {
  const t = useT()
  const here = useLocation().pathname.split('/').at(-1) ?? ''
  const at = (order as readonly string[]).indexOf(here)
  return (
    <div className="mx-auto flex min-h-dvh w-full max-w-2xl flex-col px-4 sm:px-6">
      <SkipLink>{t('common.skipToContent')}</SkipLink>
      <header className="flex flex-wrap items-center gap-x-6 gap-y-3 py-6">
        <p className="me-auto flex items-center gap-2 font-semibold text-large">
          <TileMark /> {t('setup.title')}
        </p>
        {at >= 0 ? (
          <nav aria-label={t('setup.steps.label')}>
            <ol className="flex flex-wrap gap-x-4 gap-y-1">
              {order.map((step, index) => (
                <li
                  key={step}
                  aria-current={index === at ? 'step' : undefined}
                  className={classNames(
                    'border-b-2 pb-0.5',
                    index === at ? 'border-accent font-medium' : 'border-transparent',
                    index < at ? 'text-accent-ink' : index > at ? 'text-ink-faint' : '',
                  )}
                >
                  {t(`setup.steps.${step}`)}
                </li>
              ))}
            </ol>
          </nav>
        ) : null}
      </header>
      <SmallScript />
      <main id="content" tabIndex={-1} className="flex-1 pb-12 outline-none">
        <Outlet />
      </main>
    </div>
  )
}
