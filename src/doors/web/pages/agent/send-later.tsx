import { useId, useState } from 'react'
import { useT } from '#i18n/react.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { dateFormat } from '../../ui/formats.ts'
import { useRequest } from '../../ui/request.tsx'
import { laterChoices } from './later-choices.ts'
import { serverNow } from './server-time.ts'

/** When a reply shall leave: three usual times, or any. Times are those of the reader's zone. */
export function SendLater({
  open,
  onOpenChange,
  onChoose,
}: {
  open: boolean
  onOpenChange(open: boolean): void
  /** `2026-11-30T09:00`. */
  onChoose(wallTime: string): void
}) {
  const t = useT()
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t('agent.composer.sendLaterTitle')} closeLabel={t('common.close')}>
      {open ? <Choices onChoose={onChoose} /> : null}
    </Dialog>
  )
}

function Choices({ onChoose }: { onChoose(wallTime: string): void }) {
  const t = useT()
  const { locale, timeZone } = useRequest()
  const id = useId()
  const choices = laterChoices(serverNow(), timeZone)
  const [typed, setTyped] = useState(choices[1]!.at)
  // Wall-clock times are shown as they stand: read as UTC and printed as UTC.
  const say = dateFormat(locale, { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }, 'UTC')
  return (
    <div className="flex flex-col gap-4">
      <ul className="flex flex-col gap-1.5">
        {choices.map((choice) => (
          <li key={choice.key}>
            <Button className="w-full justify-between!" onClick={() => onChoose(choice.at)}>
              <span>{t(`agent.composer.later.${choice.key}`)}</span>
              <span className="tabular font-normal text-ink-muted">{say.format(new Date(`${choice.at}Z`))}</span>
            </Button>
          </li>
        ))}
      </ul>
      <form
        className="flex flex-col gap-1"
        onSubmit={(event) => {
          event.preventDefault()
          event.stopPropagation()
          if (typed) onChoose(typed)
        }}
      >
        <label htmlFor={id} className="font-medium">
          {t('agent.composer.laterAt')}
        </label>
        <div className="flex flex-wrap gap-2">
          <input
            id={id}
            type="datetime-local"
            required
            value={typed}
            min={choices[0]!.earliest}
            onChange={(event) => setTyped(event.target.value)}
            aria-describedby={`${id}-zone`}
            className="control min-w-0 flex-1"
          />
          <Button type="submit" variant="primary">
            {t('agent.composer.schedule')}
          </Button>
        </div>
        <p id={`${id}-zone`} className="text-ink-muted text-small">
          {t('agent.composer.laterZone', { zone: timeZone })}
        </p>
      </form>
    </div>
  )
}
