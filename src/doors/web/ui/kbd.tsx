/** A key or a chord, as printed on the keyboard: "Ctrl Enter", "g m". */
export function Kbd({ keys }: { keys: string }) {
  return (
    <span className="inline-flex items-center gap-0.5">
      {keys.split(' ').map((key, at) => (
        <kbd
          // biome-ignore lint/suspicious/noArrayIndexKey: a chord never changes its order
          key={at}
          className="inline-flex min-w-5 items-center justify-center rounded-small border border-line bg-sunken px-1 font-medium text-ink-muted text-small"
        >
          {key}
        </kbd>
      ))}
    </span>
  )
}
