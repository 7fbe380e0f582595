import { createContext, useContext } from 'react'
import type { FrameView } from './view.ts'

export interface FrameHeld {
  view: FrameView
  openNav(): void
  navShown: boolean
}

export const FrameContext = createContext<FrameHeld | null>(null)

export function useFrame(): FrameHeld {
  const held = useContext(FrameContext)
  if (!held) throw new Error('the workspace frame is missing')
  return held
}
