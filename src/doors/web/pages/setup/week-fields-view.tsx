import type { Weekday } from '#settings/settings.ts'
import { TextField } from '../../ui/field.tsx'

/** One line a day; a desk with the same hours all week fills them in a few seconds by keyboard. */
export function WeekFields({
  week,
  names,
  hint,
}: {
  week: { day: Weekday; text: string }[]
  names: (day: Weekday) => string
  hint: string
}) {
  return (
    <div>
      <div className="grid gap-3 sm:grid-cols-2">
        {week.map(({ day, text }) => (
          <TextField key={day} name={day} label={names(day)} defaultValue={text} autoComplete="off" />
        ))}
      </div>
      <p className="mt-2 text-ink-faint text-small">{hint}</p>
    </div>
  )
}
