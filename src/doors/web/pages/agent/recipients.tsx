import { ChevronDown, MailX } from 'lucide-react'
import { useState } from 'react'
import { useT } from '#i18n/react.tsx'
import { Button } from '../../ui/button.tsx'
import { classNames } from '../../ui/class-names.ts'
import { Popover } from '../../ui/popover.tsx'
import type { Party, RecipientMode, TicketView } from './view.ts'

/** Who the reply goes to: always in sight, changed in place. */
export function RecipientsButton({
  ticket,
  mode,
  chosen,
  onChange,
}: {
  ticket: TicketView
  mode: RecipientMode
  chosen: string[]
  onChange(mode: RecipientMode, chosen: string[]): void
}) {
  const t = useT()
  const [extra, setExtra] = useState('')
  const known: Party[] = [ticket.requester, ...ticket.copies]
  const named = (address: string) => known.find((one) => one.address === address)?.name ?? address
  const going = mode === 'requester' ? [ticket.requester.name] : mode === 'all' ? known.map((one) => one.name) : chosen.map(named)
  const dead = [ticket.requester, ...ticket.copies].filter(
    (one) =>
      one.undeliverable !== null &&
      (mode === 'all' || (mode === 'requester' ? one === ticket.requester : chosen.includes(one.address))),
  )
  const others = chosen.filter((address) => !known.some((one) => one.address === address))
  const toggle = (address: string, on: boolean) =>
    onChange('chosen', on ? [...chosen, address] : chosen.filter((one) => one !== address))
  const add = () => {
    const address = extra.trim().toLowerCase()
    if (/^[^\s@]+@[^\s@]+$/.test(address) && !chosen.includes(address)) {
      onChange('chosen', [...chosen, address])
      setExtra('')
    }
  }
  return (
    <Popover
      title={t('agent.composer.recipients')}
      side="top"
      trigger={
        <button
          type="button"
          className="flex min-h-7 min-w-0 flex-1 basis-32 items-center gap-1 rounded-small px-1.5 text-start text-ink-muted text-small hover:bg-hover"
        >
          <span className="sr-only">{t('agent.composer.change')}: </span>
          <span className="shrink-0 text-ink-faint">{t('agent.composer.recipients')}</span>
          <span className={classNames('min-w-0 truncate', going.length === 0 && 'font-medium text-danger-ink')}>
            {going.length > 0 ? going.join(', ') : t('agent.composer.nobody')}
          </span>
          {dead.length > 0 ? (
            <span className="flex shrink-0 items-center gap-1 text-warning-ink">
              <MailX className="size-3.5" aria-hidden="true" />
              <span className="sr-only">{t('agent.composer.cameBack', { names: dead.map((one) => one.name).join(', ') })}</span>
            </span>
          ) : null}
          <ChevronDown className="size-3.5 shrink-0" aria-hidden="true" />
        </button>
      }
    >
      <fieldset className="flex flex-col gap-2">
        <legend className="sr-only">{t('agent.composer.recipients')}</legend>
        {dead.map((one) => (
          <p key={one.address} className="flex max-w-72 items-start gap-1.5 text-small text-warning-ink">
            <MailX className="mt-0.5 size-3.5 shrink-0" aria-hidden="true" />
            <span className="wrap-anywhere">
              {t('agent.context.undeliverable', { address: one.address, reason: one.undeliverable ?? '' })}
            </span>
          </p>
        ))}
        {(['all', 'requester', 'chosen'] as const).map((one) => (
          <label key={one} className="flex items-center gap-2">
            <input
              type="radio"
              name="recipient-mode"
              checked={mode === one}
              onChange={() =>
                onChange(one, one === 'chosen' && chosen.length === 0 ? known.map((party) => party.address) : chosen)
              }
              className="size-4 accent-accent"
            />
            {t(`agent.composer.modes.${one}`)}
          </label>
        ))}
        {mode === 'chosen' ? (
          <div className="flex flex-col gap-1.5 ps-6">
            {[...known, ...others.map((address) => ({ name: address, address }))].map((party) => (
              <label key={party.address} className="flex min-w-0 items-center gap-2" title={party.address}>
                <input
                  type="checkbox"
                  checked={chosen.includes(party.address)}
                  onChange={(event) => toggle(party.address, event.target.checked)}
                  className="size-4 shrink-0 accent-accent"
                />
                <span className="truncate">{party.name}</span>
              </label>
            ))}
            {ticket.may.people ? (
              <div className="mt-1 flex gap-2">
                <input
                  type="email"
                  value={extra}
                  onChange={(event) => setExtra(event.target.value)}
                  onKeyDown={(event) => {
                    if (event.key === 'Enter') {
                      event.preventDefault()
                      add()
                    }
                  }}
                  aria-label={t('agent.context.addCopyAddress')}
                  placeholder={t('agent.context.addCopyAddress')}
                  className="control min-w-0"
                />
                <Button onClick={add}>{t('common.add')}</Button>
              </div>
            ) : null}
          </div>
        ) : null}
      </fieldset>
    </Popover>
  )
}
