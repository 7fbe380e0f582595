import { useContext } from 'react'
import { NonceContext } from './nonce.ts'

/** For pages that are sent without React's scripts: the portal's enhancement, under 20 kB, without which all works as well. */
export function SmallScript() {
  const nonce = useContext(NonceContext)
  return <script type="module" src="/portal.js" nonce={nonce} suppressHydrationWarning />
}
