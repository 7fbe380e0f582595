import { classNames } from './class-names.ts'

/** First letters of the first and last word; the whole first character, so that scripts of two code units stay whole. */
export function initialsOf(name: string): string {
  const words = name
    .replace(/[^\p{L}\p{N}\s@.-]/gu, ' ')
    .trim()
    .split(/[\s.@-]+/u)
    .filter(Boolean)
  const first = [...(words[0] ?? '?')][0] ?? '?'
  const last = words.length > 1 ? ([...(words.at(-1) ?? '')][0] ?? '') : ''
  return (first + last).toLocaleUpperCase()
}

const tints = [
  'bg-accent-tint text-accent-ink',
  'bg-info-tint text-info-ink',
  'bg-warning-tint text-warning-ink',
  'bg-success-tint text-success-ink',
  'bg-danger-tint text-danger-ink',
]

function tintOf(name: string): string {
  let sum = 0
  for (const character of name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 9973
  return tints[sum % tints.length]!
}

/** A person's sign. Decoration: the name stands beside it, or give `label` where it does not. */
export function Avatar({
  name,
  size = 'normal',
  label,
  className,
}: {
  name: string
  size?: 'small' | 'normal' | 'large'
  label?: string | undefined
  className?: string
}) {
  return (
    <span
      {...(label ? { role: 'img', 'aria-label': label, title: label } : { 'aria-hidden': true })}
      className={classNames(
        'inline-flex shrink-0 select-none items-center justify-center rounded-full font-semibold',
        size === 'small' && 'size-5 text-[0.625rem]',
        size === 'normal' && 'size-7 text-[0.6875rem]',
        size === 'large' && 'size-10 text-base',
        tintOf(name),
        className,
      )}
    >
      {initialsOf(name)}
    </span>
  )
}
