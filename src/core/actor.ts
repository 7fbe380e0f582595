/** A named permission, `noun.verb`. The rooms own the words; `access/permissions.ts` lists them all. */
export type Permission = `${string}.${string}`

/** Where a permission is asked for. Without a department the question is "anywhere?". */
export interface Scope {
  department?: number | null
}

export type ActorKind = 'agent' | 'user' | 'guest' | 'token' | 'system'

/**
 * Who acts. Built once a request by the access room; rooms only ask it questions.
 * A token acts as its agent (`id` is the agent's) narrowed by its scopes.
 */
export interface Actor {
  readonly kind: ActorKind
  /** The agent's or end user's id; null for system and for guests without an account. */
  readonly id: number | null
  readonly name: string
  readonly address: string | null
  /** Sees every ticket whatever its department (an administrator's switch, and the system itself). */
  readonly seesAll: boolean
  readonly administrator: boolean
  /** Teams an agent belongs to. */
  readonly teams: readonly number[]
  /** Tickets a guest's link opened. */
  readonly grants: readonly number[]
  may(permission: Permission, scope?: Scope): boolean
  /** Departments in which the permission holds; 'all' when it holds everywhere. */
  departmentsWith(permission: Permission): 'all' | readonly number[]
}

/** The desk itself: jobs, mail intake, start-up. */
export const systemActor: Actor = {
  kind: 'system',
  id: null,
  name: 'Tessera',
  address: null,
  seesAll: true,
  administrator: true,
  teams: [],
  grants: [],
  may: () => true,
  departmentsWith: () => 'all',
}

/** Someone of whom nothing is known: may use what is open to all, sees no object. */
export const anonymousActor: Actor = {
  kind: 'guest',
  id: null,
  name: '',
  address: null,
  seesAll: false,
  administrator: false,
  teams: [],
  grants: [],
  may: () => false,
  departmentsWith: () => [],
}
