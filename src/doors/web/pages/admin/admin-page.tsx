import type { ReactNode } from 'react'
import { useSearchParams } from 'react-router'
import { useT } from '#i18n/react.tsx'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import { FormActions, Page } from '../../ui/page.tsx'
import { Head } from '../../ui/table.tsx'

/** A page of the panel, at the left so that nothing jumps between wide and narrow ones; says that something was saved when it comes back from a form. */
export function AdminPage({
  title,
  intro,
  actions,
  done,
  width = 'wide',
  children,
}: {
  title: string
  intro?: string
  actions?: ReactNode
  /** Sentences for what `?done=` can say beside "saved". */
  done?: Record<string, string>
  width?: 'normal' | 'wide'
  children: ReactNode
}) {
  const t = useT()
  const [query] = useSearchParams()
  const said = query.get('done')
  const sentence = said === 'saved' ? t('admin.saved') : said ? done?.[said] : undefined
  return (
    <div className="*:mx-0">
      <Page title={title} intro={intro} actions={actions} width={width}>
        {sentence ? <Notice tone="success" live className="mb-5" title={sentence} /> : null}
        {children}
      </Page>
    </div>
  )
}

/** The end of every form that changes one thing of a list: keep it, or go back to the list. */
export function SaveOrCancel({ backTo }: { backTo: string }) {
  const t = useT()
  return (
    <FormActions>
      <Button type="submit" variant="primary">
        {t('common.save')}
      </Button>
      <ButtonLink to={backTo} variant="quiet">
        {t('common.cancel')}
      </ButtonLink>
    </FormActions>
  )
}

/** The head of the column that holds a row's buttons: named for those who hear it. */
export function ActionsHead() {
  const t = useT()
  return (
    <Head>
      <span className="sr-only">{t('admin.actions')}</span>
    </Head>
  )
}
