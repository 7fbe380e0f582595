import { createContext, type ReactNode, useContext } from 'react'

/** What every screen may know of its request, given by the root once. */
export interface RequestFacts {
  /** Goes with every form that posts. */
  csrf: string
  locale: string
  /** IANA name, such as Europe/Berlin. */
  timeZone: string
  /** When the page was made, ISO 8601; relative times are counted from here until the browser's own clock takes over. */
  now: string
}

const RequestContext = createContext<RequestFacts>({
  csrf: '',

  locale: 'en',
  timeZone: 'UTC',
  now: '1970-01-01T00:00:00.000Z',
})

export function RequestProvider({ facts, children }: { facts: RequestFacts; children: ReactNode }) {
  return <RequestContext value={facts}>{children}</RequestContext>
}

export function useRequest(): RequestFacts {
  return useContext(RequestContext)
}
