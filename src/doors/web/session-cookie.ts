/** Cookies with the __Host- prefix cannot be set by a sibling host or over plain http (RFC 6265bis, section 4.1.3.2). */
export const sessionCookieName = (secure: boolean): string => (secure ? '__Host-session' : 'session')

/** A Set-Cookie value. `token` null takes the cookie away; `maxAgeSeconds` null makes it end with the browser. */
export function sessionCookie(
  token: string | null,
  { secure, maxAgeSeconds }: { secure: boolean; maxAgeSeconds: number | null },
): string {
  const age = token === null ? '; Max-Age=0' : maxAgeSeconds === null ? '' : `; Max-Age=${maxAgeSeconds}`
  return `${sessionCookieName(secure)}=${token ?? ''}; Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}${age}`
}

/** Whether the desk's own pages are on https, by its public address. */
export const isSecure = (baseUrl: string): boolean => baseUrl.startsWith('https:')
