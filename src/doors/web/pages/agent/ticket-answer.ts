import type { FormAnswer } from '../../ui/form.tsx'
import type { DraftView } from './view.ts'

/** What the ticket's action answers with. On failure `message` and `errors` say why. */
export interface TicketAnswer extends FormAnswer {
  /** `until`: a reply can be taken back until then. */
  posted?: { entry: number; kind: 'response' | 'note' | 'forward'; until: string | null; scheduledFor?: string | null }
  /** What arrived while the reply was written. */
  conflict?: { count: number; name: string; at: string }
  /** The reply that was taken back, as a draft again. */
  withdrawn?: DraftView
  /** Said in a toast. */
  done?: string
  /** It can be taken back by the key for undo. */
  undoable?: boolean
  /** Where what was made is. */
  goTo?: string
}
