import type { z } from 'zod'
import type { RestToken } from '#access/api-tokens.ts'
import type { TokenScope } from '#access/permissions.ts'
import type { Context } from '#core/context.ts'
import type { NewAttachment } from '#files/attachments.ts'
import type { IdKind, PublicIds } from './public-id.ts'

/** What a handler gets: everything read and checked. A write runs in a transaction that also keeps its Idempotency-Key. */
export interface Call<Query, Body> {
  readonly ctx: Context
  readonly ids: PublicIds
  readonly token: RestToken
  /** Row ids of the path, by their names there. */
  readonly path: Readonly<Record<string, number>>
  readonly query: Query
  readonly body: Body
  /** Files that came along, stored already. */
  readonly files: readonly NewAttachment[]
}

/** One operation of the API. Paths name their ids with a kind: `/tickets/{ticket}`. */
export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly ids: Readonly<Record<string, IdKind>>
  readonly summary: string
  readonly tag: string
  readonly scope: TokenScope | null
  readonly query: z.ZodObject | null
  readonly body: z.ZodObject | null
  /** The body may carry files: `attachments` in JSON, or parts of multipart/form-data. */
  readonly takesFiles: boolean
  readonly status: 200 | 201 | 204
  /** Where what was made is found: the path before its id. */
  readonly madeAt: string | null
  /** null: no content, or bytes. */
  readonly answer: z.ZodType | null
  readonly handle: (call: Call<never, never>) => Promise<unknown>
}

type Output<S> = S extends z.ZodType ? z.output<S> : null

interface Parts<Q, B> {
  method: Endpoint['method']
  path: string
  ids?: Record<string, IdKind>
  summary: string
  tag: string
  scope: TokenScope | null
  query?: Q
  body?: B
  takesFiles?: boolean
  status?: Endpoint['status']
  madeAt?: string
  answer: z.ZodType | null
}

/** Ties a handler's types to its schemas. */
export function endpoint<Q extends z.ZodObject | undefined = undefined, B extends z.ZodObject | undefined = undefined>(
  parts: Parts<Q, B>,
  handle: (call: Call<Output<Q>, Output<B>>) => Promise<unknown>,
): Endpoint {
  return {
    ids: {},
    takesFiles: false,
    madeAt: null,
    status: parts.method === 'POST' ? 201 : 200,
    ...parts,
    query: parts.query ?? null,
    body: parts.body ?? null,
    handle: handle as unknown as Endpoint['handle'],
  }
}
