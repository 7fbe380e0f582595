let ahead = 0

/** Called with the time the server put on an answer just received; the browser's own clock may be wrong by minutes. */
export function noteServerTime(iso: string): void {
  ahead = Date.parse(iso) - Date.now()
}

/** The server's time as far as the browser knows, in milliseconds. Browser only. */
export const serverNow = (): number => Date.now() + ahead
