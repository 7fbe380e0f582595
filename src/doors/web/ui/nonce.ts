import { createContext } from 'react'

/** The nonce of this response, given by the server's entry; empty in the browser, which hides nonces anyway. */
export const NonceContext = createContext('')
