import { sql } from 'kysely'
import type { Context } from '#core/context.ts'
import { tokensOf } from './tokens.ts'

const CHUNK = 500

/** Makes many new things findable at once. For import, seeding and tests. */
export async function bulkLoadDocuments(
  ctx: Context,
  kind: string,
  documents: ReadonlyArray<{ id: number; publicText: readonly (string | null)[]; at: Date }>,
): Promise<void> {
  for (let at = 0; at < documents.length; at += CHUNK) {
    const rows = documents
      .slice(at, at + CHUNK)
      .map(({ id, publicText, at }) => ({ id, tokens: tokensOf(...publicText), at: at.toISOString() }))
    await sql`insert into search_document (kind, id, public_tokens, at)
      select ${kind}, d.id, array_to_tsvector(array(select jsonb_array_elements_text(d.tokens))), d.at
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as d(id bigint, tokens jsonb, at timestamptz)`.execute(ctx.db)
  }
}
