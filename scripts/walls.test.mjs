// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the sources under test hold templates
import { describe, expect, test } from 'vitest'
import { findBreaches, readSource } from './walls.mjs'

const rooms = {
  ground: ['db', 'core', 'i18n'],
  rooms: ['people', 'channels', 'tickets'],
  above: ['plugins', 'doors'],
  installs: 'src/tickets/install-defaults.ts',
  egress: ['src/people/self-test.ts'],
  measures: ['src/doors/cli/bench.ts'],
  tables: { people: ['agent'], tickets: ['ticket'], channels: [] },
}

/** A small house that stands. */
const house = {
  'src/config.ts': 'export const port = process.env.PORT',
  'src/app.ts': "import { openTicket } from '#tickets/open-ticket.ts'\nexport const app = { openTicket }",
  'src/main.ts': "import { app } from './app.ts'\nimport { mount } from '#doors/http.ts'\nmount(app)",
  'src/core/context.ts': "import type { Db } from '#db/connection.ts'\nexport interface Context { db: Db; now(): Date }",
  'src/core/clock.ts': 'export const systemClock = { now: () => new Date() }',
  'src/db/connection.ts': "import pg from 'pg'\nexport type Db = pg.Pool",
  'src/db/migrations/0001-first.sql':
    "-- now() is named here only\ncreate table agent (id bigint);\ncreate table ticket (id bigint, note text default 'x');",
  'src/i18n/messages.ts': "export const messages = { greeting: 'Hello' }",
  'src/people/agent-store.ts': "export const insert = (ctx) => ctx.db.insertInto('agent')",
  'src/people/agents.ts': "import { insert } from './agent-store.ts'\nexport const createAgent = insert",
  'src/channels/email/send.ts': "import nodemailer from 'nodemailer'\nexport const send = nodemailer",
  'src/tickets/open-ticket.ts':
    "import { createAgent } from '#people/agents.ts'\nexport const openTicket = (ctx) => [createAgent, ctx.clock.now(), ctx.db.insertInto('ticket')]",
  'src/plugins/builtin.ts': "import { openTicket } from '#tickets/open-ticket.ts'\nexport const builtin = [openTicket]",
  'src/doors/http.ts': "import { api } from './api/api.ts'\nexport const mount = () => api",
  'src/doors/api/api.ts': "import { openTicket } from '#tickets/open-ticket.ts'\nexport const api = openTicket",
  'src/doors/cli/cli.ts': "import { app } from '../../app.ts'\nexport const cli = app",
  'src/doors/mail/listen.ts': "import { SMTPServer } from 'smtp-server'\nexport const listen = SMTPServer",
  'src/doors/web/root.tsx': "export default function Root() { return <p>don't</p> }",
  'src/doors/web/ui/button.tsx':
    "import type { Agent } from '#people/agents.ts'\nexport const Button = (props: { agent: Agent }) => <b>{Date.now()}</b>",
}
for (const folder of ['db', 'core', 'i18n', 'people', 'channels', 'tickets', 'plugins', 'doors'])
  house[`src/${folder}/README.md`] = `# ${folder}\n`

const breachesWith = (changes, otherRooms = rooms) => {
  const files = new Map(Object.entries({ ...house, ...changes }).filter(([, text]) => text !== null))
  return findBreaches(files, otherRooms)
}

test('a house that keeps to its walls has no breach', () => {
  expect(breachesWith({})).toEqual([])
})

describe('each wall can fail', () => {
  const cases = [
    ['nobody imports a door', { 'src/tickets/x.ts': "import { api } from '#doors/api/api.ts'" }, 'imports only rooms before it'],
    ['plugins do not import doors', { 'src/plugins/x.ts': "import { api } from '#doors/api/api.ts'" }, 'nobody imports doors'],
    ['nobody imports app', { 'src/doors/api/x.ts': "import { app } from '../../app.ts'" }, 'nobody imports app'],
    [
      'a room does not read the configuration',
      { 'src/people/x.ts': "import { port } from '../config.ts'" },
      'nobody imports config',
    ],
    ['app does not import main', { 'src/app.ts': "import { x } from './main.ts'" }, 'app.ts stands below main.ts'],
    ['core imports db only', { 'src/core/x.ts': "import { messages } from '#i18n/messages.ts'" }, 'core stands below i18n'],
    ['core knows no room', { 'src/core/x.ts': "import type { A } from '#people/agents.ts'" }, 'core stands below people'],
    ['db imports nothing of ours', { 'src/db/x.ts': "import { systemClock } from '#core/clock.ts'" }, 'db stands below core'],
    [
      'a room imports only lower rooms',
      { 'src/people/x.ts': "import { openTicket } from '#tickets/open-ticket.ts'" },
      'tickets stands after people',
    ],
    ['types count too', { 'src/people/x.ts': "import type { T } from '#tickets/open-ticket.ts'" }, 'tickets stands after people'],
    [
      'lazy imports count too',
      { 'src/people/x.ts': "export const f = () => import('#tickets/open-ticket.ts')" },
      'tickets stands after people',
    ],
    [
      're-exports count too',
      { 'src/people/x.ts': "export { openTicket } from '#tickets/open-ticket.ts'\nexport const y = 1" },
      'tickets stands after people',
    ],
    [
      'a store is for its own room',
      { 'src/tickets/x.ts': "import { insert } from '#people/agent-store.ts'" },
      'a store is for its own room',
    ],
    [
      'a table has one writing room',
      { 'src/tickets/x.ts': "export const f = (ctx) => ctx.db.updateTable('agent')" },
      "writes agent, which is people's",
    ],
    [
      'raw SQL counts too',
      { 'src/tickets/x.ts': 'export const f = (ctx) => sql`update agent set x = 1`' },
      "writes agent, which is people's",
    ],
    [
      'raw deletes count too',
      { 'src/tickets/x.ts': 'export const f = (ctx) => sql`delete from agent where id = ${1}`' },
      "writes agent, which is people's",
    ],
    [
      'each table has an owner',
      { 'src/db/migrations/0002-more.sql': 'create table stray (id bigint);' },
      'does not say which room writes stray',
    ],
    [
      'an owned table exists',
      { 'src/db/migrations/0002-more.sql': 'drop table ticket;' },
      'names the table ticket, which no migration makes',
    ],
    [
      'doors do not import each other',
      { 'src/doors/api/x.ts': "import { listen } from '#doors/mail/listen.ts'" },
      'doors do not import each other',
    ],
    ['a door holds no SQL', { 'src/doors/api/x.ts': "import { sql } from 'kysely'" }, 'a door holds no SQL'],
    [
      'the design system takes types only',
      { 'src/doors/web/ui/x.tsx': "import { createAgent } from '#people/agents.ts'" },
      'as types only',
    ],
    [
      'mixed imports are no types',
      { 'src/doors/web/ui/x.tsx': "import { type A, createAgent } from '#people/agents.ts'" },
      'as types only',
    ],
    [
      'nothing of core reaches the design system',
      { 'src/doors/web/ui/x.tsx': "import { systemClock } from '#core/clock.ts'" },
      'takes types only',
    ],
    ['process.env is for config', { 'src/people/x.ts': 'export const x = process.env.HOME' }, 'reads process.env'],
    ['the driver is for db', { 'src/people/x.ts': "import pg from 'pg'" }, 'the driver is for db only'],
    ['mail libraries are for mail', { 'src/tickets/x.ts': "import { ImapFlow } from 'imapflow'" }, 'mail libraries'],
    ['rooms do not speak HTTP', { 'src/tickets/x.ts': "export const f = () => fetch('http://x')" }, 'speaks HTTP by itself'],
    ['no index.ts', { 'src/people/index.ts': 'export const x = 1' }, 'is a barrel'],
    [
      'no barrel by another name',
      { 'src/people/all.ts': "export { createAgent } from './agents.ts'\nexport * from './agents.ts'" },
      'a barrel',
    ],
    ['across rooms by #', { 'src/tickets/x.ts': "import { createAgent } from '../people/agents.ts'" }, 'write #people/agents.ts'],
    ['no new Date()', { 'src/people/x.ts': 'export const x = () => new Date()' }, 'calls new Date()'],
    ['no Date.now()', { 'src/people/x.ts': 'export const x = () => Date.now()' }, 'calls Date.now()'],
    ['no Math.random()', { 'src/people/x.ts': 'export const x = () => Math.random()' }, 'calls Math.random()'],
    ['no randomUUID()', { 'src/doors/api/x.ts': 'export const x = () => crypto.randomUUID()' }, 'calls randomUUID()'],
    [
      'a loader has ctx',
      { 'src/doors/web/pages/x.tsx': 'export async function loader() { return Date.now() }' },
      'calls Date.now()',
    ],
    ['no now() in SQL', { 'src/people/x.ts': 'export const x = sql`select ${1}, now()`' }, 'says now() in SQL'],
    [
      'no now() in migrations',
      { 'src/db/migrations/0002-more.sql': 'alter table agent add at timestamptz default now();' },
      'says now() in SQL',
    ],
    ['no exported state', { 'src/people/x.ts': 'export let current = 1' }, 'holds module state'],
    ['no default export', { 'src/people/x.ts': 'export default 1' }, 'has a default export'],
    ['names say something', { 'src/people/mail-utils.ts': 'export const x = 1' }, 'is named "utils"'],
    ['names are kebab-case', { 'src/people/openTicket.ts': 'export const x = 1' }, 'kebab-case'],
    [
      'no circle inside a room',
      {
        'src/people/a.ts': "import { b } from './b.ts'\nexport const a = b",
        'src/people/b.ts': "import { a } from './a.ts'\nexport const b = a",
      },
      'stands in a circle',
    ],
    ['each room is listed', { 'src/mystery/x.ts': 'export const x = 1' }, 'is not in rooms.json'],
    ['each room has a README', { 'src/people/README.md': null }, 'has no README.md'],
    ['a README is short', { 'src/people/README.md': 'line\n'.repeat(31) }, 'has more than 30 lines'],
  ]
  test.each(cases)('%s', (_, changes, sentence) => {
    const breaches = breachesWith(changes)
    expect(breaches.join('\n')).toContain(sentence)
  })

  test('a listed room exists', () => {
    expect(breachesWith({}, { ...rooms, rooms: [...rooms.rooms, 'reports'] })).toContain(
      'rooms.json: names reports, and there is no src/reports',
    )
  })
  test('a table is given once', () => {
    const twice = { ...rooms, tables: { ...rooms.tables, channels: ['ticket'] } }
    expect(breachesWith({}, twice).join('\n')).toContain('gives ticket to tickets and to channels')
  })
})

describe('what is no breach', () => {
  const cases = [
    ['the file that may ask the world', { 'src/people/self-test.ts': "export const f = () => fetch('http://x')" }],
    [
      'the program that measures',
      { 'src/doors/cli/bench.ts': "import { sql } from 'kysely'\nexport const f = () => [sql, process.env.PATH, new Date()]" },
    ],
    [
      'words in comments',
      { 'src/people/x.ts': "// import { api } from '#doors/api/api.ts' and new Date()\n/* process.env */ export const x = 1" },
    ],
    ['words in strings', { 'src/people/x.ts': "export const x = 'call Date.now() and process.env'" }],
    ['a method called now', { 'src/people/x.ts': 'export const x = (ctx) => ctx.clock.now()' }],
    ['a date from a value', { 'src/people/x.ts': 'export const x = (at) => new Date(at)' }],
    [
      'regular expressions with quotes',
      { 'src/people/x.ts': "export const x = /['\"`]/.test('a')\nexport const y = 'new Date()'" },
    ],
    ['templates in templates', { 'src/people/x.ts': 'export const x = (a) => `${a.map((b) => `${b}`).join()} Date.now()`' }],
    [
      'a test may look into a store',
      { 'src/tickets/x.test.ts': "import { insert } from '#people/agent-store.ts'\nexport const x = new Date()" },
    ],
    [
      'types may go both ways inside a room',
      {
        'src/people/a.ts': "import type { B } from './b.ts'\nexport type A = B",
        'src/people/b.ts': "import type { A } from './a.ts'\nexport type B = A",
      },
    ],
    ['what fills an empty desk', { 'src/tickets/install-defaults.ts': "export const f = (ctx) => ctx.db.insertInto('agent')" }],
  ]
  test.each(cases)('%s', (_, changes) => {
    expect(breachesWith(changes)).toEqual([])
  })
})

test('imports are read with their kind', () => {
  const source = `import a from 'one'
import type { B } from 'two'
import { type C, type D } from 'three'
import { type E, f } from 'four'
import 'five'
export * from 'six'
const g = await import('seven')`
  expect(readSource(source).imports.map(({ specifier, typeOnly }) => [specifier, typeOnly])).toEqual([
    ['one', false],
    ['two', true],
    ['three', true],
    ['four', false],
    ['five', false],
    ['six', false],
    ['seven', false],
  ])
})
