import { AppError } from './errors.ts'

/** One page of a keyset list. `next` is null on the last page. */
export interface Page<T> {
  rows: T[]
  next: string | null
}

/** A cursor is the sort values of the last row; opaque to callers, checked when it comes back. */
export const writeCursor = (values: ReadonlyArray<string | number | null>): string =>
  Buffer.from(JSON.stringify(values)).toString('base64url')

export function readCursor(cursor: string, length: number): Array<string | number | null> {
  try {
    const values: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (
      Array.isArray(values) &&
      values.length === length &&
      values.every((v) => v === null || typeof v === 'string' || typeof v === 'number')
    ) {
      return values as Array<string | number | null>
    }
  } catch {
    // falls through: whatever was wrong with it, the caller's sentence is the same
  }
  throw new AppError('invalid', 'invalid', { problems: [{ pointer: '/cursor', key: 'cursor' }] })
}
