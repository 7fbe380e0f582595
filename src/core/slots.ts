/**
 * Slots keep lower rooms free of higher words: a lower room defines what it can hold, a higher one provides it, and only
 * `openApp` joins the two. Nothing registers itself by being imported.
 */
export interface Slot<T extends { readonly name: string }> {
  readonly slot: string
  readonly _item?: T
}

/** A single thing of which there is exactly one in an app, such as the blob store. */
export interface Service<T> {
  readonly service: string
  readonly _item?: T
}

export function defineSlot<T extends { readonly name: string }>(slot: string): Slot<T> {
  return { slot }
}

export function defineService<T>(service: string): Service<T> {
  return { service }
}

export class Slots {
  readonly #items = new Map<string, Map<string, { readonly name: string }>>()
  readonly #services = new Map<string, unknown>()
  #closed = false

  fill<T extends { readonly name: string }>(slot: Slot<T>, ...items: T[]): void {
    if (this.#closed) throw new Error(`Slot "${slot.slot}" is closed: fill it while the app opens`)
    const held = this.#items.get(slot.slot) ?? new Map<string, { readonly name: string }>()
    for (const item of items) {
      if (held.has(item.name)) throw new Error(`Slot "${slot.slot}" holds "${item.name}" already`)
      held.set(item.name, item)
    }
    this.#items.set(slot.slot, held)
  }

  provide<T>(service: Service<T>, item: T): void {
    if (this.#closed) throw new Error(`Service "${service.service}" comes too late: provide it while the app opens`)
    this.#services.set(service.service, item)
  }

  close(): void {
    this.#closed = true
  }

  all<T extends { readonly name: string }>(slot: Slot<T>): T[] {
    return [...(this.#items.get(slot.slot)?.values() ?? [])] as T[]
  }

  /** The item of that name, or undefined. */
  get<T extends { readonly name: string }>(slot: Slot<T>, name: string): T | undefined {
    return this.#items.get(slot.slot)?.get(name) as T | undefined
  }

  /** What some desks have and others do not: null without it. */
  find<T>(service: Service<T>): T | null {
    return (this.#services.get(service.service) as T | undefined) ?? null
  }

  use<T>(service: Service<T>): T {
    if (!this.#services.has(service.service)) throw new Error(`Service "${service.service}" is not provided`)
    return this.#services.get(service.service) as T
  }
}
