import type { Context } from '#core/context.ts'
import { writeDocument } from './search-document-store.ts'
import { tokensOf } from './tokens.ts'

/**
 * Keeps what can be found of one thing, in the caller's transaction. Public text may be found by whoever may see the thing,
 * internal text only by agents: notes never leak through a search.
 */
export async function indexDocument(
  ctx: Context,
  document: { kind: string; id: number; publicText: readonly (string | null)[]; internalText?: readonly (string | null)[] },
): Promise<void> {
  await writeDocument(ctx, {
    kind: document.kind,
    id: document.id,
    publicTokens: tokensOf(...document.publicText),
    ...(document.internalText ? { internalTokens: tokensOf(...document.internalText) } : {}),
  })
}
