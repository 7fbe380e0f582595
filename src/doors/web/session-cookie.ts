import type { Context } from '#core/context.ts'

/** Cookies with the __Host- prefix cannot be set by a sibling host or over plain http (RFC 6265bis, section 4.1.3.2). */
export const sessionCookieName = (secure: boolean): string => (secure ? '__Host-session' : 'session')

/** Whether the desk's own pages are on https, by its public address. */
export const isSecure = (baseUrl: string): boolean => baseUrl.startsWith('https:')

/** A Set-Cookie value. `token` null takes the cookie away; `expiresAt` null makes it end with the browser. */
export function sessionCookie(token: string | null, { secure, expiresAt }: { secure: boolean; expiresAt: Date | null }): string {
  const until = token === null ? '; Max-Age=0' : expiresAt === null ? '' : `; Expires=${expiresAt.toUTCString()}`
  return `${sessionCookieName(secure)}=${token ?? ''}; Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}${until}`
}

/** The token that the browser brought, or null. */
export function sessionTokenOf(cookieHeader: string | null | undefined, secure: boolean): string | null {
  const name = sessionCookieName(secure)
  for (const part of (cookieHeader ?? '').split(';')) {
    const [key, value] = part.trim().split('=')
    if (key === name && value) return value
  }
  return null
}

/** For actions: what to set after signing in, and what the browser brought. */
export const broughtToken = (ctx: Context, request: Request): string | null =>
  sessionTokenOf(request.headers.get('cookie'), isSecure(ctx.site.baseUrl))

export const setSession = (ctx: Context, session: { token: string; expiresAt: Date } | null): string =>
  sessionCookie(session?.token ?? null, { secure: isSecure(ctx.site.baseUrl), expiresAt: session?.expiresAt ?? null })
