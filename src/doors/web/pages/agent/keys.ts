/**
 * Keys as people press them. A chord is written `mod+k`, `mod+shift+enter`, `g q` (one after the other), `?`, `]`.
 * `mod` is Command on Apple's keyboards and Control elsewhere.
 */

export const SEQUENCE_MS = 1_200

interface Pressed {
  key: string
  code: string
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
  shiftKey: boolean
}

/** What the keys of a US layout write, for keyboards whose letters are of another script or stand elsewhere. */
const byCode: Record<string, string> = {
  Slash: '/',
  Period: '.',
  BracketLeft: '[',
  BracketRight: ']',
}

const named: Record<string, string> = { Enter: 'enter', Escape: 'escape', ArrowUp: 'up', ArrowDown: 'down', ' ': 'space' }

/**
 * The names a key press may be bound under, likeliest first: the character it writes, then, when that is no Latin letter or the
 * layout has no such key, the one that stands in its place on a US keyboard.
 */
export function namesOf(event: Pressed, apple: boolean): string[] {
  const mod = apple ? event.metaKey : event.ctrlKey
  const other = apple ? event.ctrlKey : event.metaKey
  if (other || (event.altKey && !mod && event.key.length !== 1)) return []
  const characters: string[] = []
  if (named[event.key]) characters.push(named[event.key]!)
  else if (event.key.length === 1) {
    const key = event.key.toLowerCase()
    characters.push(key)
    const letter = /^Key([A-Z])$/.exec(event.code)?.[1]?.toLowerCase()
    if (letter && !/^[a-z]$/.test(key)) characters.push(letter)
    const sign = byCode[event.code]
    if (sign && !event.shiftKey && !event.altKey && !/^[a-z]$/.test(key)) characters.push(sign)
  }
  // A sign that needs Shift ("?", "!") is named by the sign alone; Shift counts for named keys and with mod.
  return characters.map((character) => {
    const shift = event.shiftKey && (character.length > 1 || mod) ? 'shift+' : ''
    return `${mod ? 'mod+' : ''}${shift}${character}`
  })
}

const printed: Record<string, string> = { enter: 'Enter', escape: 'Esc', up: '↑', down: '↓', space: 'Space' }

/** The chord as it is printed on a screen, parts apart by a space: "Ctrl K", "⌘ Enter", "G Q". */
export function printKeys(keys: string, apple: boolean): string {
  return keys
    .split(' ')
    .flatMap((chord) => chord.split('+'))
    .map((part) =>
      part === 'mod'
        ? apple
          ? '⌘'
          : 'Ctrl'
        : part === 'shift'
          ? apple
            ? '⇧'
            : 'Shift'
          : part === 'alt'
            ? apple
              ? '⌥'
              : 'Alt'
            : (printed[part] ?? part.toUpperCase()),
    )
    .join(' ')
}

export const isApple = (): boolean => typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform)

/** Where a plain letter is text and not a command. */
export function writesText(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable) return true
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button', 'submit', 'reset', 'file'].includes(target.type)
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
}

/** Menus, lists and dialogs have keys of their own. */
export const insidePopup = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('[role="menu"],[role="listbox"],[role="dialog"],[role="alertdialog"]') !== null
