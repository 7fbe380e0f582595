import type { FirstStep } from '#people/first-steps.ts'
import type { TagColour } from '#workflow/tags.ts'
import type { DeskBar } from '../../ui/desk-bars.tsx'
import type { RichNode } from '../../ui/rich-text.tsx'

/** What the agent's screens show, as plain values: loaders make it from the rooms' reads, components draw it. Times are ISO 8601. */

export interface Named {
  id: number
  name: string
}

export interface StatusChoice extends Named {
  key: string | null
  state: 'open' | 'on_hold' | 'resolved' | 'closed'
  asksReason: boolean
}

export interface PriorityChoice extends Named {
  key: string | null
  /** 1 is the most urgent. */
  urgency: number
}

export interface AgentChoice extends Named {
  email: string
  away: boolean
}

/** A usual time to put something off until. */
export interface SnoozeChoice {
  key: string
  at: string
}

export interface TagView extends Named {
  colour: TagColour
}

export interface QueueView {
  key: string
  /** Below the line: places that hold no open work. */
  aside: boolean
  /** Null where counting is not worth it. */
  count: number | null
}

export interface Me {
  id: number
  name: string
  email: string
  administrator: boolean
}

/** What the whole workspace knows: menus, palette and lists read it. */
export interface FrameView {
  me: Me
  queues: QueueView[]
  statuses: StatusChoice[]
  priorities: PriorityChoice[]
  agents: AgentChoice[]
  departments: Named[]
  topics: Named[]
  /** What is wrong with the desk itself, for administrators. */
  bars: DeskBar[]
  /** Suspended mails, for administrators and managers. */
  suspended: number | null
  /** What a new agent has tried of the first steps; null once put away. */
  steps: Record<FirstStep, boolean> | null
  /** Notifications not read yet; one above 99 stands for more. */
  unread: number
  tags: TagView[]
  /** Spam and trash are erased after so many days. */
  emptyAfterDays: number
  may: { create: boolean; bulk: boolean; merge: boolean; remove: boolean; tag: boolean }
  /** The browser says that it is a telephone: the first drawing takes the narrow form. */
  narrow: boolean
}

export interface Viewer extends Named {
  doing: 'viewing' | 'replying'
}

export interface TicketRow {
  id: number
  number: string
  subject: string
  preview: string
  requester: { name: string; address: string }
  assignee: Named | null
  status: { key: string | null; name: string; state: StatusChoice['state'] }
  priority: { key: string | null; name: string; urgency: number }
  dueAt: string | null
  lastMessageAt: string
  unread: boolean
  place: 'desk' | 'spam' | 'trash'
  tags: TagView[]
  /** Put off until then. */
  snoozedUntil: string | null
  viewers: Viewer[]
}

export interface ListView {
  queue: string
  rows: TicketRow[]
  /** Cursor of the next page; null on the last. */
  next: string | null
}

export interface FileView {
  id: number
  name: string
  contentType: string
  size: number
  href: string
}

export interface Party {
  name: string
  address: string
}

export interface EntryView {
  id: number
  kind: 'message' | 'response' | 'note'
  /** Sent to somebody outside the ticket, or written by them. */
  side: 'forward' | 'third_party' | null
  author: { kind: 'agent' | 'user' | 'system'; name: string; address: string | null; mine: boolean }
  at: string
  channel: 'email' | 'web' | 'api' | 'phone' | 'agent'
  to: Party[]
  cc: Party[]
  /** What is read first. `rich` was written in our editor; `frame` is a mail's HTML, which only its own frame may draw. */
  body:
    | { form: 'text'; text: string }
    | { form: 'rich'; nodes: RichNode[] }
    | { form: 'frame'; href: string; remoteImages: boolean }
  /** Quoted history and signature that were cut from it; null when nothing was. */
  hidden: string | null
  /** The number of the ticket that it came from by a merge. */
  origin: string | null
  verdict: 'verified' | 'internal' | 'not_verified' | 'failed' | null
  /** Why, in one sentence. */
  verdictReason: string | null
  flagged: boolean
  /** Why it landed on this ticket, in words. */
  landed: string | null
  /** The mail as it came, when it was one. */
  original: string | null
  delivery: {
    state: 'waiting' | 'sending' | 'sent' | 'failed' | 'held' | 'withdrawn'
    at: string | null
    failure: string | null
  } | null
  /** Until then it can be taken back. */
  withdrawableUntil: string | null
  /** A reply that waits for the time its writer chose; `answeredSince`: the customer wrote after it was written. */
  scheduled: { for: string; answeredSince: boolean } | null
  attachments: FileView[]
}

export interface HistoryView {
  id: number
  at: string
  who: string
  /** What they did, in words. */
  text: string
  reason: string | null
  /** The conversation shows it as a message already. */
  isMessage: boolean
}

export interface DraftView {
  kind: 'response' | 'note' | 'forward'
  html: string
  revision: number
  savedAt: string
  mode: RecipientMode
  chosen: string[]
  attachments: FileView[]
}

export type RecipientMode = 'all' | 'requester' | 'chosen'

export interface TicketMay {
  reply: boolean
  note: boolean
  assign: boolean
  transfer: boolean
  status: boolean
  edit: boolean
  people: boolean
  remove: boolean
  merge: boolean
  split: boolean
}

export interface LinkView {
  number: string
  subject: string
  state: StatusChoice['state']
  status: string
  as: 'parent' | 'child' | 'related'
}

export interface TicketView {
  id: number
  number: string
  subject: string
  place: 'desk' | 'spam' | 'trash'
  status: StatusChoice
  statusReason: string | null
  priority: PriorityChoice
  assignee: Named | null
  department: Named
  topic: Named | null
  /** `undeliverable`: why mail to the address came back, in words. */
  requester: { id: number; name: string; address: string; since: string; undeliverable: string | null }
  copies: { id: number; name: string; address: string; undeliverable: string | null }[]
  /** Named for copy by a mail, and not approved yet. */
  proposed: { id: number; name: string; address: string }[]
  /** Departments that may see it beside its own. */
  referrals: Named[]
  openedAt: string
  due: { at: string; kind: 'first_response' | 'next_response'; why: string } | null
  /** Set while the clock stands still: the status that stops it. */
  pausedBy: string | null
  others: { number: string; subject: string; status: string; at: string }[]
  continues: string | null
  tags: TagView[]
  followers: Named[]
  following: boolean
  /** One was named in a note and has not answered. */
  mentioned: boolean
  links: LinkView[]
  pinned: EntryView | null
  snoozedUntil: string | null
  snoozeChoices: SnoozeChoice[]
  entries: EntryView[]
  /** When this was read. */
  now: string
  /** Entries before the first one shown. */
  earlier: number
  history: HistoryView[]
  /** The newest entry on the screen: a reply that was written without a later one is stopped. */
  lastEntryId: number | null
  drafts: DraftView[]
  viewers: Viewer[]
  may: TicketMay
}
