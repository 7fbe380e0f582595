import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import { insidePopup, isApple, namesOf, SEQUENCE_MS, writesText } from './keys.ts'

export type ActGroup = 'ticket' | 'list' | 'go' | 'view'

/** Something a person can do here. The key handler, the palette and the sheet of keys all read the same list. */
export interface Act {
  id: string
  label: string
  group: ActGroup
  /** One or more bindings, the first is the one shown. */
  keys?: string | string[]
  /** Other words people look for it by. */
  words?: string
  /** Left out of the palette: moving about is done by keys alone. */
  keysOnly?: boolean
  run(): void
}

interface Registry {
  set(owner: string, acts: Act[]): void
  drop(owner: string): void
  all(): Act[]
  subscribe(listener: () => void): () => void
}

function makeRegistry(): Registry {
  const byOwner = new Map<string, Act[]>()
  const listeners = new Set<() => void>()
  let flat: Act[] = []
  const changed = () => {
    // The latest owner comes first: what is open on top answers before what lies below it.
    const seen = new Set<string>()
    flat = [...byOwner.values()]
      .reverse()
      .flat()
      .filter((act) => !seen.has(act.id) && seen.add(act.id))
    for (const listener of listeners) listener()
  }
  return {
    set(owner, acts) {
      byOwner.set(owner, acts)
      changed()
    },
    drop(owner) {
      byOwner.delete(owner)
      changed()
    },
    all: () => flat,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

const RegistryContext = createContext<Registry | null>(null)

function useRegistry(): Registry {
  const registry = useContext(RegistryContext)
  if (!registry) throw new Error('acts are used outside of ActsProvider')
  return registry
}

const bindings = (act: Act): string[] => (act.keys === undefined ? [] : Array.isArray(act.keys) ? act.keys : [act.keys])

/** Holds the acts of what is on the screen and listens to the keyboard. With `letters` off only chords with Control or Command work. */
export function ActsProvider({ letters, children }: { letters: boolean; children: ReactNode }) {
  const [registry] = useState(makeRegistry)
  const waiting = useRef<{ first: string; until: number } | null>(null)
  useEffect(() => {
    const apple = isApple()
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || event.repeat) {
        // j and k may be held down; everything else happens once a press.
        if (!event.repeat || event.defaultPrevented || event.isComposing || !['j', 'k'].includes(event.key)) return
      }
      const names = namesOf(event, apple)
      if (names.length === 0) return
      const plain = !names[0]!.startsWith('mod+')
      if (plain && (!letters || writesText(event.target) || insidePopup(event.target))) return
      if (plain && names[0] === 'enter') return
      const pending = waiting.current && waiting.current.until > event.timeStamp ? waiting.current.first : null
      waiting.current = null
      const acts = registry.all()
      for (const name of names) {
        const full = pending ? `${pending} ${name}` : name
        const act = acts.find((one) => bindings(one).includes(full))
        if (act) {
          event.preventDefault()
          act.run()
          return
        }
      }
      const opens = names.find((name) => acts.some((one) => bindings(one).some((binding) => binding.startsWith(`${name} `))))
      if (opens) waiting.current = { first: opens, until: event.timeStamp + SEQUENCE_MS }
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [letters, registry])
  return <RegistryContext value={registry}>{children}</RegistryContext>
}

/** Offers these acts while the calling component is on the screen. Acts that the person may not do are not passed in. */
export function useActs(owner: string, acts: Act[]): void {
  const registry = useRegistry()
  const latest = useRef(acts)
  latest.current = acts
  // What an act does may change on every render without telling anybody; what it is called and bound to may not.
  const shape = acts.map((act) => `${act.id}\n${act.label}\n${bindings(act).join(' ')}`).join('\n\n')
  // biome-ignore lint/correctness/useExhaustiveDependencies: the shape stands for the acts
  const stable = useMemo(
    () => acts.map((act): Act => ({ ...act, run: () => latest.current.find((one) => one.id === act.id)?.run() })),
    [shape],
  )
  useEffect(() => {
    registry.set(owner, stable)
    return () => registry.drop(owner)
  }, [registry, owner, stable])
}

const noActs: Act[] = []

/** All acts that are possible now. */
export function useAllActs(): Act[] {
  const registry = useRegistry()
  return useSyncExternalStore(registry.subscribe, registry.all, () => noActs)
}

/** Runs an act by its id, as a button does that stands elsewhere than the act's owner. */
export function useRunAct(): (id: string) => void {
  const registry = useRegistry()
  return useCallback(
    (id) =>
      registry
        .all()
        .find((act) => act.id === id)
        ?.run(),
    [registry],
  )
}
