import { sql } from 'kysely'
import type { Context } from '#core/context.ts'
import { writeLater } from '#core/transact.ts'

export async function writeDocument(
  ctx: Context,
  document: { kind: string; id: number; publicTokens: readonly string[]; internalTokens?: readonly string[] },
): Promise<void> {
  await writeLater(
    ctx,
    sql`insert into search_document (kind, id, public_tokens, internal_tokens, at) values (${document.kind}, ${document.id},
    array_to_tsvector(${[...document.publicTokens]}::text[]), ${document.internalTokens ? sql`array_to_tsvector(${[...document.internalTokens]}::text[])` : null}, ${ctx.clock.now()})
    on conflict (kind, id) do update set public_tokens = excluded.public_tokens, internal_tokens = excluded.internal_tokens, at = excluded.at`,
  )
}
