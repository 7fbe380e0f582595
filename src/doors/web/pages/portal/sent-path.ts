import type { Context } from '#core/context.ts'
import type { Asked } from '#tickets/ask-by-portal.ts'

/** Where the confirmation is: signed, so that nobody can be shown a confirmation of what they never sent. */
export function sentPath(ctx: Context, { number, expectedAt }: Asked): string {
  const by = expectedAt ?? ''
  return `/open/sent?${new URLSearchParams({ number, by, signature: ctx.site.keys.sign('sent', `${number} ${by}`) })}`
}

export function readSentPath(ctx: Context, query: URLSearchParams): Asked | null {
  const number = query.get('number') ?? ''
  const by = query.get('by') ?? ''
  if (!ctx.site.keys.verify('sent', `${number} ${by}`, query.get('signature') ?? '')) return null
  return { number, expectedAt: by || null }
}
