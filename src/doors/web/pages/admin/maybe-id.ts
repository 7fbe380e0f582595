import { z } from 'zod'

/** A select whose empty choice means none. */
export const maybeId = z.preprocess(
  (value) => (value === '' || value === undefined ? null : value),
  z.coerce.number().int().positive().nullable(),
)
