import { useT } from '#i18n/react.tsx'
import { Select } from '../../ui/field.tsx'
import type { ToldChoice } from './told.ts'

/** One choice for each event and each way of having to do with it. */
export function ToldFields({ choices }: { choices: ToldChoice[] }) {
  const t = useT()
  return (
    <div>
      {choices.map(({ kind, cells }) => (
        <fieldset key={kind} className="border-line border-t py-2">
          <legend className="float-start w-full font-medium">{t(`agent.told.kinds.${kind}`)}</legend>
          {cells.map(({ role, chosen, desk }) => {
            const words = kind === 'mentioned' ? t('agent.told.mentioned') : t(`agent.told.roles.${role}`)
            return (
              <div key={role} className="flex min-h-8 items-center gap-3">
                <span aria-hidden="true" className="min-w-0 flex-1 ps-3 text-ink-muted">
                  {words}
                </span>
                <Select
                  name={`told.${kind}.${role}`}
                  aria-label={t('agent.told.cell', { kind: t(`agent.told.kinds.${kind}`), role: words })}
                  defaultValue={chosen}
                  quiet
                  className="w-48! shrink-0"
                  options={[
                    { value: '', label: t('agent.told.desk', { setting: t(`agent.told.settings.${desk}`) }) },
                    ...(['off', 'app', 'mail'] as const).map((value) => ({ value, label: t(`agent.told.settings.${value}`) })),
                  ]}
                />
              </div>
            )
          })}
        </fieldset>
      ))}
    </div>
  )
}
