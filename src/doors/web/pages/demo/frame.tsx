import { Outlet } from 'react-router'
import { accessDemo } from '#demo/look-as.ts'
import { useT } from '#i18n/react.tsx'
import { ctxOf } from '../../context.ts'
import { orRefuse } from '../../forms.ts'
import { SkipLink } from '../../ui/skip-link.tsx'
import { SmallScript } from '../../ui/small-script.tsx'
import type { Route } from './+types/frame.ts'

export async function loader({ context }: Route.LoaderArgs) {
  await orRefuse((async () => accessDemo(ctxOf(context)))())
  return null
}

export default function DemoFrame() {
  const t = useT()
  return (
    <>
      <SkipLink>{t('common.skipToContent')}</SkipLink>
      <main id="content" tabIndex={-1} className="outline-none">
        <Outlet />
      </main>
      <SmallScript />
    </>
  )
}
