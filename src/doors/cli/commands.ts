import type { Terminal } from './terminal.ts'

export interface Command {
  /** One line of the overview. */
  readonly summary: string
  /** Loaded when it is called, so that `pipe-mail` does not wait for the pages. */
  readonly load: () => Promise<{ run(args: string[], terminal: Terminal): Promise<number>; usage?: string }>
}

/** Every command, in the order in which the overview lists them. */
export const commands: Record<string, Command> = {
  start: { summary: 'start the desk', load: () => import('./start.ts') },
  demo: { summary: 'start a desk in use on a throw-away database', load: () => import('./demo.ts') },
  migrate: { summary: 'bring the database up to date', load: () => import('./migrate.ts') },
  'create-admin': { summary: 'add an administrator', load: () => import('./create-admin.ts') },
  token: { summary: 'make a token of the REST API', load: () => import('./token.ts') },
  'pipe-mail': { summary: 'take one mail from standard input', load: () => import('./pipe-mail.ts') },
  'parse-mail': { summary: 'show what the inbound pipeline makes of mails', load: () => import('./parse-mail.ts') },
  seed: { summary: 'fill the desk with made-up tickets, for measuring', load: () => import('./seed.ts') },
  bench: { summary: 'measure, beside osTicket', load: () => import('./bench.ts') },
  backup: { summary: 'write the whole desk into one file', load: () => import('./backup.ts') },
  restore: { summary: 'fill an empty desk from a backup', load: () => import('./restore.ts') },
  verify: { summary: 'prove that a backup can be restored', load: () => import('./verify.ts') },
  doctor: { summary: 'look whether this machine is fit', load: () => import('./doctor.ts') },
}
