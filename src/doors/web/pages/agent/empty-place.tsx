import { useState } from 'react'
import { useT } from '#i18n/react.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { useBulkRun } from './bulk-bar.tsx'
import { useFrame } from './frame-context.tsx'

/** "Empty now", asked once more since nothing brings it back. */
export function EmptyPlace({ place }: { place: 'spam' | 'trash' }) {
  const t = useT()
  const { view } = useFrame()
  const [asking, setAsking] = useState(false)
  const { post, working } = useBulkRun(() => {})
  return (
    <>
      <Button size="small" pending={working} onClick={() => setAsking(true)}>
        {t('agent.bulk.empty')}
      </Button>
      <Dialog
        open={asking}
        onOpenChange={setAsking}
        title={t(`agent.bulk.emptyTitle.${place}`)}
        description={t('agent.bulk.emptyText', { days: view.emptyAfterDays })}
        closeLabel={t('common.close')}
        footer={
          <>
            <Button onClick={() => setAsking(false)}>{t('common.cancel')}</Button>
            <Button
              variant="danger"
              onClick={() => {
                setAsking(false)
                post({ intent: 'empty', place })
              }}
            >
              {t('agent.bulk.emptyGo')}
            </Button>
          </>
        }
      />
    </>
  )
}
