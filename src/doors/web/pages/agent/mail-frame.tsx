import { useEffect, useRef, useState } from 'react'

/**
 * A mail's HTML, drawn by its own sandboxed document. It is fetched only when it comes near the view, and takes the height of what
 * it holds: it may not run script, so its parent measures it (same origin, sandbox without allow-scripts).
 */
export function MailFrame({ src, title }: { src: string; title: string }) {
  const holder = useRef<HTMLDivElement>(null)
  const frame = useRef<HTMLIFrameElement>(null)
  const [near, setNear] = useState(false)
  // Counted, not only noted: with remote pictures the frame is loaded a second time.
  const [loads, setLoads] = useState(0)

  useEffect(() => {
    if (!holder.current || near) return
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) setNear(true)
      },
      { rootMargin: '600px 0px' },
    )
    observer.observe(holder.current)
    return () => observer.disconnect()
  }, [near])

  useEffect(() => {
    if (loads === 0) return
    const element = frame.current
    const body = element?.contentDocument?.body
    if (!element || !body) return
    const measure = () => {
      const root = element.contentDocument?.documentElement
      if (!root) return
      // The body, not the root: the root is never lower than the frame itself.
      element.style.height = `${Math.min(20_000, Math.ceil(body.getBoundingClientRect().height + 2))}px`
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(body)
    return () => observer.disconnect()
  }, [loads])

  return (
    <div ref={holder} className="min-h-16 overflow-hidden rounded-small bg-[#fff]">
      {near ? (
        <iframe
          key={src}
          ref={frame}
          src={src}
          title={title}
          sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
          referrerPolicy="no-referrer"
          onLoad={() => setLoads((count) => count + 1)}
          className="block h-24 w-full border-0"
        />
      ) : null}
    </div>
  )
}
