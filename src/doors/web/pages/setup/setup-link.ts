import { redirect } from 'react-router'
import type { Context } from '#core/context.ts'
import { readSetup, type SetupState } from '#setup/set-up.ts'
import { isSecure } from '../../session-cookie.ts'

/** The set-up link's token lives in a cookie while the wizard runs, so that it stands in no address and no history. */
const cookieName = (ctx: Context): string => (isSecure(ctx.site.baseUrl) ? '__Host-setup' : 'setup')

export function setupCookie(ctx: Context, token: string | null): string {
  const secure = isSecure(ctx.site.baseUrl) ? '; Secure' : ''
  return `${cookieName(ctx)}=${token ?? ''}; Path=/; HttpOnly; SameSite=Lax${secure}; Max-Age=${token === null ? 0 : 7 * 86_400}`
}

export function setupToken(ctx: Context, request: Request): string | null {
  for (const part of (request.headers.get('cookie') ?? '').split(';')) {
    const [name, value] = part.trim().split('=')
    if (name === cookieName(ctx) && value) return value
  }
  return null
}

/** For each step's loader: who may not go on is sent to the page that says why. */
export async function openStep(ctx: Context, request: Request): Promise<SetupState> {
  const state = await readSetup(ctx, setupToken(ctx, request))
  if (state.isComplete || !state.isAllowed) throw redirect('/setup')
  return state
}

export const steps = ['desk', 'hours', 'administrator', 'mailbox', 'colleagues'] as const
export type Step = (typeof steps)[number]
