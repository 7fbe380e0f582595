import { useEffect, useState } from 'react'
import { Kbd } from '../../ui/kbd.tsx'
import { isApple, printKeys } from './keys.ts'

/** A chord printed for the keyboard at hand; the server, which cannot know it, prints the usual one. */
export function PlatformKbd({ keys }: { keys: string }) {
  const [apple, setApple] = useState(false)
  useEffect(() => setApple(isApple()), [])
  return <Kbd keys={printKeys(keys, apple)} />
}
