import type { Context } from '#core/context.ts'
import { defineService } from '#core/slots.ts'
import { Outbox } from './outbox.ts'

export const demoRoles = ['agent', 'lead', 'administrator', 'customer'] as const
export type DemoRole = (typeof demoRoles)[number]

/** Somebody a visitor can be. */
export interface DemoPerson {
  role: DemoRole
  name: string
  email: string
  /** Of an agent, or of an end user for the role `customer`. */
  id: number
  password: string | null
}

/** What the filled desk is about. */
export interface DemoWorld {
  people: readonly DemoPerson[]
  /** Number of the ticket that leads to the stories. */
  startHere: string
  stories: readonly { key: string; number: string }[]
  /** Customers by whose name the visitor can write. */
  writers: readonly { name: string; address: string }[]
  /** Addresses of the desk. */
  mailboxes: readonly string[]
  /** What a customer answers on a ticket of a story, by its number. */
  answers: ReadonlyMap<string, string>
  /** Agents who look over the visitor's shoulder: neither the visitor's own roles nor anybody away. */
  colleagues: readonly number[]
}

export interface DemoMail {
  from: string
  to: string
  raw: Buffer
}

/** There while the process runs as a demonstration, and at no other time. */
export interface DemoDesk {
  readonly outbox: Outbox
  /** Null until the desk is filled. */
  world: DemoWorld | null
  /** Hands a mail to the desk's own SMTP listener; null while there is none. */
  handIn: ((mail: DemoMail) => Promise<void>) | null
}

export const demoDesk = defineService<DemoDesk>('demo desk')

/** The demonstration that this process is, or null on a desk in earnest. */
export const demoOf = (ctx: Context): DemoDesk | null => ctx.slots.find(demoDesk)

export const openDemoDesk = (): DemoDesk => ({ outbox: new Outbox(), world: null, handIn: null })
