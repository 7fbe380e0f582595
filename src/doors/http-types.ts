import type { Session } from '#access/sessions.ts'
import type { Context } from '#core/context.ts'

/** What http.ts puts beside each request for the doors that it mounts. */
export interface HttpEnv {
  Variables: {
    /** Acting as nobody yet; a door that knows who asks puts the actor in. */
    ctx: Context
    session: Session | null
    /** Of this response's Content-Security-Policy. */
    nonce: string
  }
  Bindings: {
    incoming: import('node:http').IncomingMessage
  }
}
