import { useSyncExternalStore } from 'react'

/** Whether a media query holds. The server takes the desk's usual screen, so that most pages need no second drawing. */
export function useMedia(query: string, onServer = true): boolean {
  return useSyncExternalStore(
    (listener) => {
      const media = matchMedia(query)
      media.addEventListener('change', listener)
      return () => media.removeEventListener('change', listener)
    },
    () => matchMedia(query).matches,
    () => onServer,
  )
}
