import { createContext, type RouterContextProvider } from 'react-router'
import type { Context } from '#core/context.ts'
import type { Translate } from '#i18n/translate.ts'

/** What the pages need of their request beside the rooms' context. `http.ts` makes it once a request. */
export interface PageFacts {
  /** Of this response's Content-Security-Policy. */
  nonce: string
  /** Bound to the session (or to the anonymous visitor's cookie). */
  csrf: string
  /** IANA name: the person's own zone, else the desk's. */
  timeZone: string
  deskName: string
  t: Translate
}

/** Set by `http.ts` on each request's provider, read through the functions below. */
export const contextKey = createContext<Context>()
export const pageKey = createContext<PageFacts>()

type Provider = Readonly<Pick<RouterContextProvider, 'get'>>

/** The request's context, with its actor, for loaders and actions. */
export const ctxOf = (context: Provider): Context => context.get(contextKey)

export const pageOf = (context: Provider): PageFacts => context.get(pageKey)
