import { z } from 'zod'
import type { FilterField, FilterTest } from '#routing/filters.ts'
import { ticked } from '../../forms.ts'
import { maybeId } from './maybe-id.ts'

const maybeNumber = z.preprocess(
  (value) => (value === '' || value === undefined ? null : value),
  z.coerce.number().int().nullable(),
)

/** The form's fields as the verb takes them; lines without a value are left out. */
export const FilterForm = z
  .looseObject({
    name: z.string(),
    needs: z.enum(['all', 'any']),
    on: ticked,
    stops: ticked,
    department: maybeId,
    priority: maybeId,
    topic: maybeId,
    agent: maybeId,
    team: maybeId,
    noAutoresponse: ticked,
    sameTicketMinutes: maybeNumber,
    suspend: z.string().default(''),
  })
  .transform(({ name, needs, on, stops, suspend, ...rest }) => ({
    name,
    needs,
    isOn: on,
    stops,
    criteria: Array.from({ length: 20 }, (_, at) => {
      const text = (part: string): string => String(rest[`criteria.${at}.${part}`] ?? '').trim()
      return {
        field: text('field') as FilterField,
        header: text('header'),
        test: text('test') as FilterTest,
        value: text('value'),
      }
    }).filter((one) => one.value !== ''),
    actions: {
      department: rest.department,
      priority: rest.priority,
      topic: rest.topic,
      agent: rest.agent,
      team: rest.team,
      noAutoresponse: rest.noAutoresponse,
      sameTicketMinutes: rest.sameTicketMinutes,
      suspend: suspend.trim() || null,
    },
  }))
