import { expect, it } from 'vitest'
import { isSecure, sessionCookie, sessionCookieName, sessionTokenOf } from './session-cookie.ts'

it('is bound to the host, out of reach of scripts and of other sites', () => {
  const secure = isSecure('https://help.example.com')
  const cookie = sessionCookie('token', { secure, expiresAt: new Date('2026-03-02T10:00:00Z') })
  expect(cookie).toBe('__Host-session=token; Path=/; HttpOnly; SameSite=Lax; Secure; Expires=Mon, 02 Mar 2026 10:00:00 GMT')
  expect(sessionCookie(null, { secure: false, expiresAt: null })).toBe('session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0')
})

it('is read by its whole name only', () => {
  expect(sessionCookieName(true)).toBe('__Host-session')
  expect(sessionTokenOf('a=b; __Host-session=right; session=planted', true)).toBe('right')
  expect(sessionTokenOf('session=planted; x__Host-session=planted', true)).toBeNull()
  expect(sessionTokenOf(null, false)).toBeNull()
})
