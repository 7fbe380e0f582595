import { useState } from 'react'
import { useT } from '#i18n/react.tsx'
import { useAppearance } from '../../ui/appearance.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Kbd } from '../../ui/kbd.tsx'
import { Notice } from '../../ui/notice.tsx'
import { type Act, type ActGroup, useAllActs } from './acts.tsx'
import { isApple, printKeys } from './keys.ts'

const groups: ActGroup[] = ['list', 'ticket', 'go', 'view']

/** Every key that does something on this screen, read from the same list that the keyboard obeys. */
export function KeySheet({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const t = useT()
  const [sought, setSought] = useState('')
  const words = sought.toLocaleLowerCase().split(/\s+/).filter(Boolean)
  // What is typed into the text is no act of its own, and belongs on the sheet all the same.
  const inText: Act = { id: 'canned', label: t('agent.keys.cannedInText'), group: 'ticket', keys: '::', run: () => {} }
  const acts = [...useAllActs(), inText].filter((act) => {
    const text = `${act.label} ${act.words ?? ''} ${[act.keys ?? ''].flat().join(' ')}`.toLocaleLowerCase()
    return act.keys !== undefined && words.every((word) => text.includes(word))
  })
  const { appearance, change } = useAppearance()
  const apple = isApple()
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t('agent.keys.title')}
      closeLabel={t('common.close')}
      width="wide"
      footer={
        <Button onClick={() => change({ keys: !appearance.keys })}>
          {appearance.keys ? t('agent.keys.turnOff') : t('agent.keys.turnOn')}
        </Button>
      }
    >
      {appearance.keys ? null : (
        <Notice tone="warning" className="mb-4">
          {t('agent.keys.off', { mod: apple ? '⌘' : 'Ctrl' })}
        </Notice>
      )}
      <input
        type="search"
        className="control mt-1 mb-4"
        aria-label={t('agent.keys.search')}
        placeholder={t('agent.keys.search')}
        value={sought}
        onChange={(event) => setSought(event.target.value)}
      />
      {acts.length === 0 ? <p className="text-ink-muted">{t('agent.keys.none')}</p> : null}
      <div className="gap-x-8 sm:columns-2">
        {groups.map((group) => {
          const bound = acts.filter((act) => act.group === group && act.keys !== undefined)
          if (bound.length === 0) return null
          return (
            <section key={group} className="mb-5 break-inside-avoid">
              <h3 className="mb-1 font-semibold text-ink-faint text-small">{t(`agent.keys.groups.${group}`)}</h3>
              <dl>
                {bound.map((act) => (
                  <div key={act.id} className="flex min-h-8 items-center justify-between gap-4 border-line border-b">
                    <dt className="min-w-0 truncate">{act.label}</dt>
                    <dd className="flex shrink-0 gap-2">
                      {(Array.isArray(act.keys) ? act.keys : [act.keys!]).map((keys) => (
                        <Kbd key={keys} keys={printKeys(keys, apple)} />
                      ))}
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          )
        })}
      </div>
    </Dialog>
  )
}
