import { makeToken, revokeTokens } from '#access/one-time-tokens.ts'
import type { Context } from '#core/context.ts'
import { readSettings } from '#settings/settings.ts'

/** Nobody administers the desk yet. */
export async function needsSetup(ctx: Context): Promise<boolean> {
  if ((await readSettings(ctx))['setup.completedAt']) return false
  const admin = await ctx.db
    .selectFrom('agent')
    .select('id')
    .where('is_administrator', '=', true)
    .where('archived_at', 'is', null)
    .where('password_hash', 'is not', null)
    .limit(1)
    .executeTakeFirst()
  return admin === undefined
}

/** A fresh one-time link to the wizard; the earlier ones stop working. Null once the desk is set up. */
export async function setupLink(ctx: Context, baseUrl: string): Promise<string | null> {
  if (!(await needsSetup(ctx))) return null
  await revokeTokens(ctx, 'setup', {})
  return `${baseUrl}/setup?token=${await makeToken(ctx, 'setup')}`
}
