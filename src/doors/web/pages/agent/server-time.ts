let ahead = Number.NEGATIVE_INFINITY

/**
 * Called with the time the server put on an answer just received; the browser's own clock may be wrong by minutes. An answer is
 * always a little old, so of all that were heard the one that was quickest tells best.
 */
export function noteServerTime(iso: string): void {
  ahead = Math.max(ahead, Date.parse(iso) - Date.now())
}

/** The server's time as far as the browser knows, in milliseconds. Browser only. */
export const serverNow = (): number => Date.now() + (Number.isFinite(ahead) ? ahead : 0)
