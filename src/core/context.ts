import type { Db } from '#db/connection.ts'
import type { Actor } from './actor.ts'
import type { Cache } from './cache.ts'
import type { Clock } from './clock.ts'
import type { LiveBus } from './live.ts'
import type { Logger } from './log.ts'
import type { Random } from './random.ts'
import type { Keyring } from './signing.ts'
import type { Slots } from './slots.ts'

/** Where the desk stands: the same for every request of a process. */
export interface Site {
  /** Public address without a trailing slash, used in links and mails. */
  readonly baseUrl: string
  /** BASE_URL was given, so the wizard's public address does not replace it. */
  readonly baseUrlFixed: boolean
  readonly keys: Keyring
  /** SMTP_URL is set: mail can leave even without a mailbox that sends. */
  readonly hasDefaultSmtp: boolean
  readonly limits: {
    /** Bytes of one uploaded file. */
    readonly fileBytes: number
    /** Bytes of one inbound mail as received. */
    readonly mailBytes: number
  }
}

export interface RequestInfo {
  readonly id: string
  /** The client's address after trusted proxies. */
  readonly address: string
  readonly userAgent: string | null
}

export interface Transaction {
  /** Runs after commit, outside the transaction; must not throw. */
  readonly afterCommit: Array<() => void>
  /** Cached configuration that this transaction changed: it reads its own version, and nobody else gets that one before it is committed. */
  readonly changed: Set<string>
}

/** What every verb and read receives. A verb in a transaction receives one whose `db` is that transaction. */
export interface Context {
  readonly db: Db
  readonly tx: Transaction | null
  readonly actor: Actor
  readonly locale: string
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  readonly site: Site
  readonly slots: Slots
  readonly cache: Cache
  readonly live: LiveBus
  readonly request: RequestInfo | null
}

/** The same context for someone else: jobs and intake act as the system, or on behalf of a person they have verified. */
export const actingAs = (ctx: Context, actor: Actor): Context => ({ ...ctx, actor })

/**
 * For events that the desk records for somebody who is not there any more (a reply whose time has come, a mail that was taken in):
 * the history names who did it. Rights stay those of the desk.
 */
export const onBehalfOf = (ctx: Context, who: { kind: Actor['kind']; id: number | null; name: string }): Context =>
  ctx.actor.kind === 'system' && who.id !== null
    ? { ...ctx, actor: { ...ctx.actor, kind: who.kind, id: who.id, name: who.name } }
    : ctx
