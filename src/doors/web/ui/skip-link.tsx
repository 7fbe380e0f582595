/** The first stop of the keyboard: past the navigation, to the content with id "content". */
export function SkipLink({ children, target = 'content' }: { children: string; target?: string }) {
  return (
    <a
      href={`#${target}`}
      className="sr-only focus:not-sr-only focus:fixed focus:start-3 focus:top-3 focus:z-50 focus:rounded-base focus:bg-raised focus:px-3 focus:py-2 focus:shadow-lift"
    >
      {children}
    </a>
  )
}
