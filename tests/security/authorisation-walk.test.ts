import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RouteConfigEntry } from '@react-router/dev/routes'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { agentActor } from '#access/actors.ts'
import { agentFacts } from '#access/agent-facts.ts'
import { csrfOf } from '#access/sessions.ts'
import { addMailbox } from '#channels/change-mailboxes.ts'
import { openParsePool } from '#channels/email/parse-pool.ts'
import { mailParser } from '#channels/mail-parser.ts'
import { receiveMail } from '#channels/receive-mail.ts'
import { makeSigningKey } from '#channels/signing-keys.ts'
import { addSeconds, systemClock } from '#core/clock.ts'
import { actingAs, type Context } from '#core/context.ts'
import { hashToken } from '#core/signing.ts'
import { listAttachments, signedFilePath, storeFiles } from '#files/attachments.ts'
import { blobs, openDiskBlobStore } from '#files/blob-store.ts'
import { receiveMessage } from '#intake/receive-message.ts'
import { writeNotifications } from '#notifications/write-notifications.ts'
import { banAddress } from '#people/bans.ts'
import { createDepartment } from '#people/departments.ts'
import { findOrCreateEndUser } from '#people/end-users.ts'
import { fillSlots } from '#plugins/builtin.ts'
import { changeSettings } from '#settings/change-settings.ts'
import { installDefaults } from '#setup/install-defaults.ts'
import { proposeCollaborators } from '#threads/collaborators.ts'
import { addNote } from '#tickets/add-note.ts'
import { replyToTicket } from '#tickets/reply.ts'
import { showTicket } from '#tickets/show-ticket.ts'
import { takeThirdPartyMessage } from '#tickets/third-party-message.ts'
import { PublicIds } from '../../src/doors/api/public-id.ts'
import { openHttp } from '../../src/doors/http.ts'
import routes from '../../src/doors/web/routes.ts'
import { startBuiltDesk } from '../world/browser.ts'
import { ALL_SCOPES, type Cast, cookieFor, guestCookie, openCast, tokenFor } from '../world/cast.ts'
import { openTestContext } from '../world/context.ts'
import { until } from '../world/free-port.ts'

/**
 * One matrix: every HTTP route × every role × an object that is foreign to some of them. Kim's ticket lies in Support; the guest
 * holds a link to Noor's. A new route without a row fails, and so does a row without a route.
 */

const SUBJECT = 'Grinder in shop fourteen smells burnt'
const NOTE = 'Between us: this one is a known defect'

const ROLES = ['anonymous', 'guest', 'kim', 'noor', 'vic', 'lee', 'bo', 'sam', 'mona', 'ada', 'scopeless'] as const
type Role = (typeof ROLES)[number]

/** Who may know of Kim's ticket, and who of the notes in it. */
const INSIDERS: readonly Role[] = ['vic', 'lee', 'sam', 'mona', 'ada']
const SEES: readonly Role[] = ['kim', ...INSIDERS]

const EVERYONE = ROLES
const NOBODY: readonly Role[] = []
const STAFF: readonly Role[] = ['vic', 'lee', 'bo', 'sam', 'mona', 'ada']
const WORKERS: readonly Role[] = ['sam', 'mona', 'ada']
const NOTERS: readonly Role[] = ['lee', ...WORKERS]
const MANAGERS: readonly Role[] = ['mona', 'ada']
const CUSTOMERS: readonly Role[] = ['kim', 'noor']
const ADMIN: readonly Role[] = ['ada']

interface World {
  ctx: Context
  cast: Cast
  ids: PublicIds
  number: string
  ticket: number
  /** Kim's message and its file; the note and its file. */
  message: { entry: number; file: { id: number; name: string } }
  note: { entry: number; file: { id: number; name: string } }
  /** What somebody outside the ticket wrote. */
  thirdParty: number
  mailbox: number
  /** A mailbox whose server answers nobody. */
  unreachable: number
  /** Its mail. */
  sent: number
  /** A reply that waits for tomorrow. */
  scheduled: number
  /** What Sam was told of. */
  notification: number
  /** Two suspended mails, a ban, and a stopped sender. */
  suspended: [number, number]
  ban: number
  signingKey: number
  fuse: number
  /** Somebody whom a mail named for copy, and a department with nobody in it. */
  proposed: number
  spare: number
}

interface Row {
  may: readonly Role[]
  /** The path to ask for; the route's own when left out. */
  at?: (world: World) => string
  /** Fields of a posted form; the token of the session goes along. */
  form?: (world: World) => Record<string, string>
  json?: (world: World) => unknown
  /** A page that sends those who may not elsewhere, to no harm: the path it sends them to. */
  sendsTo?: RegExp
}

const tkt = (w: World): string => `/api/v1/tickets/${w.ids.write('ticket', w.ticket)}`
const ticketPage = (w: World): string => `/agent/tickets/${w.number}`
const act = (fields: Record<string, string>) => (): Record<string, string> => fields
const asked = () => ({
  requester: { email: 'pat@customer.example', name: 'Pat' },
  subject: 'Asked by the walk',
  message: 'Hello',
})
const open: Row = { may: EVERYONE }
const list: Row = { may: STAFF }
const adminPage: Row = { may: ADMIN }
/** Passes the gate or not: what passes is refused for what it says. */
const adminForm: Row = { may: ADMIN, form: act({ intent: 'no such thing' }) }
/** Nobody is past the wizard: the desk is set up. */
const setupStep: Row = { may: NOBODY, sendsTo: /^\/(setup|agent)$/ }
const setupForm: Row = { may: NOBODY, sendsTo: /^\/(setup|agent)$/, form: act({}) }

const rows: Record<string, Row> = {
  // What every machine may ask.
  'GET /healthz': open,
  'GET /readyz': open,
  'GET /assets/*': { may: NOBODY, at: () => '/assets/nothing.js' },
  'GET /tile.svg': { may: EVERYONE },
  'GET /favicon.ico': { may: NOBODY },
  'GET /robots.txt': { may: NOBODY },
  'GET /portal.js': { may: EVERYONE },

  // REST.
  'GET /api/v1/openapi.json': open,
  'GET /api/v1/me': { may: [...STAFF, 'scopeless'] },
  'GET /api/v1/tickets': list,
  'POST /api/v1/tickets': { may: WORKERS, json: asked },
  'GET /api/v1/tickets/:ticket': { may: INSIDERS, at: tkt },
  'PATCH /api/v1/tickets/:ticket': { may: WORKERS, at: tkt, json: () => ({ priority: 'high' }) },
  'PATCH /api/v1/tickets/:ticket#status': { may: WORKERS, at: tkt, json: () => ({ status: 'open' }) },
  'PATCH /api/v1/tickets/:ticket#assignee': { may: WORKERS, at: tkt, json: () => ({ assignee: null }) },
  'PATCH /api/v1/tickets/:ticket#department': {
    may: WORKERS,
    at: tkt,
    json: (w) => ({ department: w.ids.write('department', w.cast.support) }),
  },
  'PATCH /api/v1/tickets/:ticket#trash': { may: MANAGERS, at: tkt, json: () => ({ place: 'trash' }) },
  'PATCH /api/v1/tickets/:ticket#desk': { may: WORKERS, at: tkt, json: () => ({ place: 'desk' }) },
  'GET /api/v1/tickets/:ticket/copies': { may: INSIDERS, at: (w) => `${tkt(w)}/copies` },
  'POST /api/v1/tickets/:ticket/copies': {
    may: WORKERS,
    at: (w) => `${tkt(w)}/copies`,
    json: () => ({ email: 'lou@customer.example' }),
  },
  'DELETE /api/v1/tickets/:ticket/copies/:person': {
    may: WORKERS,
    at: (w) => `${tkt(w)}/copies/${w.ids.write('person', w.cast.users.kim)}`,
  },
  'POST /api/v1/tickets/:ticket/copies/:person/approval': {
    may: WORKERS,
    at: (w) => `${tkt(w)}/copies/${w.ids.write('person', w.proposed)}/approval`,
    json: () => ({}),
  },
  'GET /api/v1/tickets/:ticket/referrals': { may: INSIDERS, at: (w) => `${tkt(w)}/referrals` },
  'POST /api/v1/tickets/:ticket/referrals': {
    may: WORKERS,
    at: (w) => `${tkt(w)}/referrals`,
    json: (w) => ({ department: w.ids.write('department', w.spare) }),
  },
  'DELETE /api/v1/tickets/:ticket/referrals/:department': {
    may: WORKERS,
    at: (w) => `${tkt(w)}/referrals/${w.ids.write('department', w.spare)}`,
  },
  'GET /api/v1/tickets/:ticket/entries': { may: INSIDERS, at: (w) => `${tkt(w)}/entries` },
  'POST /api/v1/tickets/:ticket/replies': {
    may: WORKERS,
    at: (w) => `${tkt(w)}/replies`,
    json: () => ({ body: 'Answered by the walk' }),
  },
  'POST /api/v1/tickets/:ticket/notes': {
    may: NOTERS,
    at: (w) => `${tkt(w)}/notes`,
    json: () => ({ body: 'Noted by the walk' }),
  },
  'POST /api/v1/tickets/:ticket/forwards': {
    may: WORKERS,
    at: (w) => `${tkt(w)}/forwards`,
    json: () => ({ to: ['supplier@elsewhere.example'], body: 'Forwarded by the walk' }),
  },
  'POST /api/v1/tickets/:ticket/entries/:entry/publish': {
    may: WORKERS,
    at: (w) => `${tkt(w)}/entries/${w.ids.write('entry', w.thirdParty)}/publish`,
  },
  // The first one sends it; the next is told that it has left.
  'POST /api/v1/tickets/:ticket/entries/:entry/send-now': {
    may: WORKERS,
    at: (w) => `/api/v1/tickets/${w.ids.write('ticket', w.cast.ticket.id)}/entries/${w.ids.write('entry', w.scheduled)}/send-now`,
  },
  'POST /api/v1/tickets/:ticket/entries/:entry/withdraw': {
    may: WORKERS,
    at: (w) => `/api/v1/tickets/${w.ids.write('ticket', w.cast.ticket.id)}/entries/${w.ids.write('entry', w.scheduled)}/withdraw`,
  },
  'GET /api/v1/attachments/:attachment': {
    may: INSIDERS,
    at: (w) => `/api/v1/attachments/${w.ids.write('attachment', w.message.file.id)}`,
  },
  'GET /api/v1/attachments/:attachment#note': {
    may: INSIDERS,
    at: (w) => `/api/v1/attachments/${w.ids.write('attachment', w.note.file.id)}`,
  },
  'GET /api/v1/attachments/:attachment/content': {
    may: INSIDERS,
    at: (w) => `/api/v1/attachments/${w.ids.write('attachment', w.message.file.id)}/content`,
  },
  'GET /api/v1/attachments/:attachment/content#note': {
    may: INSIDERS,
    at: (w) => `/api/v1/attachments/${w.ids.write('attachment', w.note.file.id)}/content`,
  },
  'GET /api/v1/tags': list,
  'POST /api/v1/tickets/:ticket/tags': { may: WORKERS, at: (w) => `${tkt(w)}/tags`, json: () => ({ add: ['walk'] }) },
  'POST /api/v1/tickets/:ticket/follow': { may: INSIDERS, at: (w) => `${tkt(w)}/follow`, json: () => ({}) },
  'DELETE /api/v1/tickets/:ticket/follow': { may: INSIDERS, at: (w) => `${tkt(w)}/follow` },
  'POST /api/v1/tickets/:ticket/snooze': {
    may: WORKERS,
    at: (w) => `${tkt(w)}/snooze`,
    json: () => ({ until: new Date(Date.now() + 86_400_000).toISOString() }),
  },
  'DELETE /api/v1/tickets/:ticket/snooze': { may: WORKERS, at: (w) => `${tkt(w)}/snooze` },
  'POST /api/v1/tickets/:ticket/pin': { may: NOTERS, at: (w) => `${tkt(w)}/pin`, json: () => ({ entry: null }) },
  // Passed the gate: Kim is the requester already.
  'POST /api/v1/tickets/:ticket/requester': {
    may: WORKERS,
    at: (w) => `${tkt(w)}/requester`,
    json: () => ({ email: 'kim@customer.example', keepOnCopy: true }),
  },
  'POST /api/v1/tickets/:ticket/merge': {
    may: WORKERS,
    at: (w) => `${tkt(w)}/merge`,
    json: () => ({ tickets: ['000000'], addPeople: false }),
  },
  'POST /api/v1/tickets/:ticket/links': {
    may: WORKERS,
    at: (w) => `${tkt(w)}/links`,
    json: (w) => ({ ticket: w.cast.other.number, as: 'related' }),
  },
  'DELETE /api/v1/tickets/:ticket/links/:other': {
    may: WORKERS,
    at: (w) => `${tkt(w)}/links/${w.ids.write('ticket', w.cast.other.id)}`,
  },
  // Passed the gate: a note cannot be split off.
  'POST /api/v1/tickets/:ticket/split': {
    may: WORKERS,
    at: (w) => `${tkt(w)}/split`,
    json: (w) => ({ entry: w.ids.write('entry', w.note.entry) }),
  },
  'POST /api/v1/tickets/:ticket/undo': {
    may: NOBODY,
    at: (w) => `${tkt(w)}/undo`,
    json: (w) => ({ event: w.ids.write('event', 1) }),
  },
  'POST /api/v1/bulk': { may: ['bo', ...WORKERS], json: () => ({ act: { kind: 'move', place: 'desk' } }) },
  'GET /api/v1/bulk/:bulk': { may: NOBODY, at: (w) => `/api/v1/bulk/${w.ids.write('bulk', 1)}` },
  'POST /api/v1/bulk/:bulk/undo': { may: NOBODY, at: (w) => `/api/v1/bulk/${w.ids.write('bulk', 1)}/undo`, json: () => ({}) },
  'GET /api/v1/people': { may: [...STAFF, 'scopeless'] },
  'GET /api/v1/people/:person': { may: INSIDERS, at: (w) => `/api/v1/people/${w.ids.write('person', w.cast.users.kim)}` },
  'POST /api/v1/people': { may: ['bo', ...WORKERS], json: () => ({ email: 'new@customer.example' }) },
  'PATCH /api/v1/people/:person': {
    may: ADMIN,
    at: (w) => `/api/v1/people/${w.ids.write('person', w.cast.users.kim)}`,
    json: () => ({ name: 'Kim' }),
  },
  'DELETE /api/v1/people/:person/undeliverable': {
    may: WORKERS,
    at: (w) => `/api/v1/people/${w.ids.write('person', w.cast.users.kim)}/undeliverable`,
  },
  'GET /api/v1/events': list,
  'GET /api/v1/notifications': list,
  'POST /api/v1/notifications/read': { may: STAFF, json: () => ({}) },
  'PATCH /api/v1/notifications/:notification': {
    may: ['sam'],
    at: (w) => `/api/v1/notifications/${w.ids.write('notification', w.notification)}`,
    json: () => ({ read: true }),
  },
  'GET /api/v1/departments': list,
  'GET /api/v1/agents': list,
  'GET /api/v1/teams': list,
  'GET /api/v1/topics': list,
  'GET /api/v1/canned-responses': list,
  'POST /api/v1/canned-responses': { may: ADMIN, json: () => ({ name: 'A', body: 'Hello' }) },
  'PATCH /api/v1/canned-responses/:cannedResponse': {
    may: ADMIN,
    at: (w) => `/api/v1/canned-responses/${w.ids.write('cannedResponse', 1)}`,
    json: () => ({ name: 'A' }),
  },
  'GET /api/v1/statuses': list,
  'GET /api/v1/priorities': list,
  'GET /api/v1/messages': { may: ADMIN, at: () => '/api/v1/messages?q=kim' },
  'GET /api/v1/messages/:message': { may: ADMIN, at: (w) => `/api/v1/messages/${w.ids.write('message', w.sent)}` },
  'POST /api/v1/messages/:message/retry': {
    may: ADMIN,
    at: (w) => `/api/v1/messages/${w.ids.write('message', w.sent)}/retry`,
  },
  // It waits for its time: both are past the gate, and refused for that.
  'POST /api/v1/messages/:message/resend': {
    may: ADMIN,
    at: (w) => `/api/v1/messages/${w.ids.write('message', w.sent)}/resend`,
  },
  'GET /api/v1/bans': { may: ADMIN },
  'POST /api/v1/bans': { may: ADMIN, json: () => ({ address: 'walked@nowhere.example' }) },
  'DELETE /api/v1/bans/:ban': { may: ADMIN, at: (w) => `/api/v1/bans/${w.ids.write('ban', w.ban)}` },
  'GET /api/v1/suspended': { may: ADMIN },
  'POST /api/v1/suspended/:mail/take': {
    may: ADMIN,
    at: (w) => `/api/v1/suspended/${w.ids.write('mail', w.suspended[0])}/take`,
    json: () => ({}),
  },
  'DELETE /api/v1/suspended/:mail': { may: ADMIN, at: (w) => `/api/v1/suspended/${w.ids.write('mail', w.suspended[1])}` },
  'GET /api/v1/mailboxes': { may: ADMIN },
  'GET /api/v1/mailboxes/:mailbox': { may: ADMIN, at: (w) => `/api/v1/mailboxes/${w.ids.write('mailbox', w.mailbox)}` },
  'GET /api/v1/signing-keys': { may: ADMIN },
  'POST /api/v1/signing-keys': { may: ADMIN, json: () => ({ domain: 'walked.example' }) },
  'DELETE /api/v1/signing-keys/:key': {
    may: ADMIN,
    at: (w) => `/api/v1/signing-keys/${w.ids.write('signingKey', w.signingKey)}`,
  },
  'GET /api/v1/stopped-senders': { may: ADMIN },
  'POST /api/v1/stopped-senders/:fuse/reset': {
    may: ADMIN,
    at: (w) => `/api/v1/stopped-senders/${w.ids.write('fuse', w.fuse)}/reset`,
    json: () => ({}),
  },
  'GET /api/v1/queues': list,
  'ALL /api/v1/*': { may: NOBODY, at: () => '/api/v1/nothing' },

  // osTicket's calls know their own keys alone.
  'POST /api/tickets.json': { may: NOBODY, json: asked },
  'POST /api/tickets.email': { may: NOBODY, json: asked },
  'POST /api/tasks/cron': { may: NOBODY, json: () => ({}) },
  'ALL /api/*': { may: NOBODY, at: () => '/api/nothing' },

  // Files and mail frames.
  'GET /files/:id/:name': { may: SEES, at: (w) => `/files/${w.message.file.id}/${w.message.file.name}` },
  'GET /files/:id/:name#note': { may: INSIDERS, at: (w) => `/files/${w.note.file.id}/${w.note.file.name}` },
  'GET /files/:id/:name#signed': { may: EVERYONE, at: (w) => signedFilePath(w.ctx, w.message.file, 3600) },
  'GET /files/:id/:name#download': { may: EVERYONE, at: (w) => `${signedFilePath(w.ctx, w.message.file, 3600)}&download=1` },
  'GET /files/:id/:name#direct': { may: EVERYONE, at: (w) => signedFilePath(w.ctx, w.message.file, 3600, 'direct') },
  // Whoever holds the link may ask; what is asked here is no address, so that nobody runs into the limit.
  'POST /files/:id/:name': {
    may: EVERYONE,
    at: (w) => signedFilePath(w.ctx, w.message.file, 3600),
    form: act({ email: 'no address' }),
  },
  'POST /files/:id/:name#forged': {
    may: NOBODY,
    at: (w) => signedFilePath(w.ctx, w.message.file, 3600).replace(`/files/${w.message.file.id}/`, `/files/${w.note.file.id}/`),
    form: act({ email: 'nobody@customer.example' }),
  },
  'GET /files/:id/:name#forged': {
    may: NOBODY,
    at: (w) => signedFilePath(w.ctx, w.message.file, 3600).replace(`/files/${w.message.file.id}/`, `/files/${w.note.file.id}/`),
  },
  'GET /agent/entries/:id/frame': { may: INSIDERS, at: (w) => `/agent/entries/${w.message.entry}/frame` },
  'GET /agent/entries/:id/frame#note': { may: INSIDERS, at: (w) => `/agent/entries/${w.note.entry}/frame` },
  'GET /tickets/entries/:id/frame': { may: SEES, at: (w) => `/tickets/entries/${w.message.entry}/frame` },
  'GET /tickets/entries/:id/frame#note': { may: NOBODY, at: (w) => `/tickets/entries/${w.note.entry}/frame` },
  'GET /agent/entries/:id/original': { may: INSIDERS, at: (w) => `/agent/entries/${w.message.entry}/original` },
  'GET /live': { may: STAFF },

  // The portal.
  'GET /': open,
  'GET /open': open,
  'POST /open': { may: EVERYONE, form: act({ name: 'Walker', email: '', subject: '', message: '' }) },
  'GET /open/sent': open,
  'GET /check': open,
  'POST /check': { may: EVERYONE, form: act({ number: 'x', email: 'nobody' }) },
  'GET /tickets': { may: CUSTOMERS, sendsTo: /^\/(check|agent|sign-in|tickets\/\d+)/ },
  'GET /tickets/:number': { may: ['kim'], at: (w) => `/tickets/${w.number}`, sendsTo: /^\/(check|agent\/tickets\/)/ },
  'POST /tickets/:number': {
    may: ['kim'],
    at: (w) => `/tickets/${w.number}`,
    form: act({ intent: 'reply', message: 'Written by the walk' }),
    // An agent is shown the ticket as agents see it; nothing is posted.
    sendsTo: /^\/agent\/tickets\//,
  },
  'GET /sign-in': { may: EVERYONE },
  'POST /sign-in': { may: EVERYONE, form: act({ email: '', password: '' }) },
  'GET /sign-in/forgot': open,
  'POST /sign-in/forgot': { may: EVERYONE, form: act({ email: 'not an address' }) },
  'GET /sign-in/reset': open,
  'POST /sign-in/reset': { may: EVERYONE, form: act({}) },
  'GET /sign-in/link': open,
  'POST /sign-in/link': { may: EVERYONE, form: act({}) },
  'GET /sign-in/register': open,
  'POST /sign-in/register': { may: EVERYONE, form: act({ email: 'not an address' }) },
  'GET /sign-in/confirm': open,
  'POST /sign-in/confirm': { may: EVERYONE, form: act({}) },
  'GET /sign-in/invitation': open,
  'POST /sign-in/invitation': { may: EVERYONE, form: act({}) },
  'GET /account': { may: [...CUSTOMERS, ...STAFF] },
  'POST /account': { may: [...CUSTOMERS, ...STAFF], form: act({ intent: 'no such thing' }) },
  'GET /sign-out': open,
  // Posted last of all: it ends the session. Here without the token of the form, which ends none.
  'POST /sign-out': { may: EVERYONE, form: act({ csrf: 'wrong' }) },

  // Of a demonstration alone, which this desk is not.
  'GET /demo/look-as': { may: NOBODY },
  'POST /demo/look-as': { may: NOBODY, form: act({ role: 'administrator' }) },
  'GET /demo/mail': { may: NOBODY },
  'POST /demo/mail': { may: NOBODY, form: act({ from: 'kim@customer.example', subject: 'x', message: 'x' }) },
  'GET /demo/outbox': { may: NOBODY },
  'GET /demo/outbox/:id': { may: NOBODY, at: () => '/demo/outbox/1' },
  'GET /demo/outbox/:id/frame': { may: NOBODY, at: () => '/demo/outbox/1/frame' },

  // The wizard is over.
  'GET /setup': { may: EVERYONE },
  'GET /setup/self-test': { may: EVERYONE, at: () => '/setup/self-test?nonce=0123456789abcdef' },
  'GET /setup/desk': setupStep,
  'POST /setup/desk': setupForm,
  'GET /setup/hours': setupStep,
  'POST /setup/hours': setupForm,
  'GET /setup/administrator': setupStep,
  'POST /setup/administrator': setupForm,
  'GET /setup/mailbox': setupStep,
  'POST /setup/mailbox': setupForm,
  'GET /setup/colleagues': setupStep,
  'POST /setup/colleagues': setupForm,

  // The workspace.
  'GET /agent': list,
  'GET /agent/queues/:queue': { may: STAFF, at: () => '/agent/queues/needs-reply' },
  'GET /agent/tickets/:number': { may: INSIDERS, at: ticketPage },
  'POST /agent/tickets/:number#note': {
    may: NOTERS,
    at: ticketPage,
    form: act({ intent: 'note', body: '<p>Noted by the walk</p>' }),
  },
  'POST /agent/tickets/:number#reply': {
    may: WORKERS,
    at: ticketPage,
    form: act({ intent: 'reply', body: '<p>Answered by the walk</p>' }),
  },
  'POST /agent/tickets/:number#forward': {
    may: WORKERS,
    at: ticketPage,
    form: act({ intent: 'forward', recipients: 'supplier@elsewhere.example', body: '' }),
  },
  'POST /agent/tickets/:number#publish': {
    may: WORKERS,
    at: ticketPage,
    form: (w) => ({ intent: 'publish', entry: String(w.thirdParty) }),
  },
  'POST /agent/tickets/:number#send-now': {
    may: WORKERS,
    at: (w) => `/agent/tickets/${w.cast.ticket.number}`,
    form: (w) => ({ intent: 'send-now', entry: String(w.scheduled) }),
  },
  'POST /agent/tickets/:number#assign': { may: WORKERS, at: ticketPage, form: act({ intent: 'assign', agent: '' }) },
  'POST /agent/tickets/:number#links': { may: WORKERS, at: ticketPage, form: act({ intent: 'revoke-links' }) },
  'POST /agent/tickets/:number#transfer': {
    may: WORKERS,
    at: ticketPage,
    form: (w) => ({ intent: 'transfer', department: String(w.cast.support) }),
  },
  'POST /agent/tickets/:number#share': {
    may: WORKERS,
    at: ticketPage,
    form: (w) => ({ intent: 'share', department: String(w.spare) }),
  },
  'POST /agent/tickets/:number#unshare': {
    may: WORKERS,
    at: ticketPage,
    form: (w) => ({ intent: 'unshare', department: String(w.spare) }),
  },
  'POST /agent/tickets/:number#approve': {
    may: WORKERS,
    at: ticketPage,
    form: (w) => ({ intent: 'copy-approve', person: String(w.proposed) }),
  },
  'POST /agent/tickets/:number#status': { may: WORKERS, at: ticketPage, form: act({ intent: 'status', status: '1' }) },
  'POST /agent/tickets/:number#edit': { may: WORKERS, at: ticketPage, form: act({ intent: 'edit', priority: '3' }) },
  'POST /agent/tickets/:number#trash': { may: MANAGERS, at: ticketPage, form: act({ intent: 'move', place: 'trash' }) },
  'POST /agent/tickets/:number#desk': { may: WORKERS, at: ticketPage, form: act({ intent: 'move', place: 'desk' }) },
  'POST /agent/tickets/:number#copy': {
    may: WORKERS,
    at: ticketPage,
    form: act({ intent: 'copy-add', email: 'max@customer.example' }),
  },
  'POST /agent/tickets/:number#revive-address': {
    may: WORKERS,
    at: ticketPage,
    form: (w) => ({ intent: 'revive-address', person: String(w.cast.users.kim) }),
  },
  'GET /agent/tickets/:number/as-customer': { may: INSIDERS, at: (w) => `${ticketPage(w)}/as-customer`, sendsTo: /^\/sign-in$/ },
  'GET /agent/tickets/new': list,
  'POST /agent/tickets/new': { may: STAFF, form: act({ intent: 'no such thing' }) },
  'GET /agent/search': { may: STAFF, at: () => '/agent/search?q=grinder' },
  'GET /agent/inbox': list,
  'POST /agent/inbox': { may: STAFF, form: act({ intent: 'read-all', upTo: '0' }) },
  'GET /agent/preferences': list,
  'POST /agent/preferences': { may: STAFF, form: act({ intent: 'no such thing' }) },
  'GET /agent/list': { may: STAFF, at: () => '/agent/list?queue=needs-reply' },
  'GET /agent/people': { may: ['bo', ...WORKERS], at: () => '/agent/people?q=kim' },
  'GET /agent/find': { may: STAFF, at: () => '/agent/find?q=grinder' },
  // Passed the gate: nothing is selected.
  'POST /agent/bulk': {
    may: ['bo', ...WORKERS],
    at: () => '/agent/bulk',
    form: () => ({
      intent: 'start',
      act: JSON.stringify({ kind: 'assign', agent: null }),
      selection: JSON.stringify({ tickets: ['000000'] }),
    }),
  },
  'POST /agent/bulk#empty': { may: MANAGERS, at: () => '/agent/bulk', form: act({ intent: 'empty', place: 'spam' }) },
  'GET /agent/bulk': { may: ['bo', ...WORKERS], at: () => '/agent/bulk?queue=open' },
  // The desk's own act is nobody's to take back.
  'POST /agent/undo': { may: NOBODY, at: () => '/agent/undo', form: act({ event: '1' }) },
  'POST /agent/steps': { may: STAFF, at: () => '/agent/steps', form: act({ step: 'why' }) },
  'GET /agent/tickets/:number/merge': { may: WORKERS, at: (w) => `${ticketPage(w)}/merge?tickets=${w.cast.other.number}` },
  'POST /agent/tickets/:number#tag': { may: WORKERS, at: ticketPage, form: act({ intent: 'tag', name: 'walk' }) },
  'POST /agent/tickets/:number#untag': { may: WORKERS, at: ticketPage, form: act({ intent: 'untag', tag: '1' }) },
  'POST /agent/tickets/:number#follow': { may: INSIDERS, at: ticketPage, form: act({ intent: 'follow' }) },
  'POST /agent/tickets/:number#unfollow': { may: INSIDERS, at: ticketPage, form: act({ intent: 'unfollow' }) },
  'POST /agent/tickets/:number#mention': { may: INSIDERS, at: ticketPage, form: act({ intent: 'mention-done' }) },
  'POST /agent/tickets/:number#snooze': {
    may: WORKERS,
    at: ticketPage,
    form: act({ intent: 'snooze', at: '2001-01-01T00:00:00Z' }),
  },
  'POST /agent/tickets/:number#wake': { may: WORKERS, at: ticketPage, form: act({ intent: 'wake' }) },
  'POST /agent/tickets/:number#pin': { may: NOTERS, at: ticketPage, form: act({ intent: 'pin', entry: '' }) },
  'POST /agent/tickets/:number#requester': {
    may: WORKERS,
    at: ticketPage,
    form: act({ intent: 'requester', email: 'kim@customer.example' }),
  },
  'POST /agent/tickets/:number#merge': { may: WORKERS, at: ticketPage, form: act({ intent: 'merge', tickets: '000000' }) },
  'POST /agent/tickets/:number#link': {
    may: WORKERS,
    at: ticketPage,
    form: (w) => ({ intent: 'link', ticket: w.cast.other.number, as: 'related' }),
  },
  'POST /agent/tickets/:number#unlink': {
    may: WORKERS,
    at: ticketPage,
    form: (w) => ({ intent: 'unlink', ticket: w.cast.other.number }),
  },
  'POST /agent/tickets/:number#split': {
    may: WORKERS,
    at: ticketPage,
    form: (w) => ({ intent: 'split', entry: String(w.note.entry) }),
  },
  'POST /agent/tickets/:number/draft': {
    may: NOTERS,
    at: (w) => `${ticketPage(w)}/draft`,
    form: act({ kind: 'note', body: '<p>Draft</p>' }),
  },
  'POST /agent/tickets/:number/files': { may: NOTERS, at: (w) => `${ticketPage(w)}/files`, form: act({ kind: 'note' }) },
  'GET /agent/tickets/:number/canned': { may: INSIDERS, at: (w) => `${ticketPage(w)}/canned` },
  'POST /agent/tickets/:number/canned': {
    may: NOTERS,
    at: (w) => `${ticketPage(w)}/canned`,
    form: act({ response: '1', kind: 'note' }),
  },
  'POST /agent/tickets/:number/presence': {
    may: INSIDERS,
    at: (w) => `${ticketPage(w)}/presence`,
    form: act({ doing: 'viewing' }),
  },
}

const ADMIN_PAGES = [
  'tags',
  'company',
  'portal',
  'templates',
  'alerts',
  'mailboxes',
  'incoming',
  'filters',
  'topics',
  'suspended',
  'bans',
  'senders',
  'signing',
  'rules',
  'canned',
  'statuses',
  'agents',
  'departments',
  'teams',
  'roles',
  'tokens',
  'log',
]
rows['GET /admin'] = adminPage
rows['GET /admin/audit'] = adminPage
rows['GET /admin/mailboxes/:mailbox/sending'] = { may: ADMIN, at: (w) => `/admin/mailboxes/${w.mailbox}/sending` }
rows['POST /admin/mailboxes/:mailbox/sending'] = {
  may: ADMIN,
  at: (w) => `/admin/mailboxes/${w.mailbox}/sending`,
  form: act({ intent: 'no such thing' }),
}
rows['GET /admin/mailboxes/:mailbox/junk'] = { may: ADMIN, at: (w) => `/admin/mailboxes/${w.unreachable}/junk` }
rows['POST /admin/mailboxes/:mailbox/junk'] = {
  may: ADMIN,
  at: (w) => `/admin/mailboxes/${w.unreachable}/junk`,
  form: act({ act: 'take', ref: '1:1' }),
}
rows['GET /admin/log/:message'] = { may: ADMIN, at: (w) => `/admin/log/${w.sent}` }
rows['POST /admin/log/:message'] = { may: ADMIN, at: (w) => `/admin/log/${w.sent}`, form: act({ intent: 'no such thing' }) }
rows['GET /admin/inbound/:id/original'] = { may: ADMIN, at: () => '/admin/inbound/1/original' }
rows['GET /admin/mailboxes/oauth/:provider'] = { ...adminPage, at: () => '/admin/mailboxes/oauth/microsoft?edit=new' }
rows['POST /admin/mailboxes/oauth/:provider'] = { ...adminForm, at: () => '/admin/mailboxes/oauth/microsoft' }
rows['GET /admin/mailboxes/signed-in'] = { ...adminPage, at: () => '/admin/mailboxes/signed-in?code=x&state=1.x' }
for (const page of ADMIN_PAGES) {
  rows[`GET /admin/${page}`] = adminPage
  rows[`POST /admin/${page}`] = adminForm
}

const isBuilt = existsSync('build/server/cli.js')

let world: World
let url: string
const headersOf = new Map<Role, { page: Record<string, string>; api: Record<string, string>; csrf: string }>()

const mailOf = async (ctx: Context, entry: number): Promise<number> =>
  (await ctx.db.selectFrom('outbound_message').select('id').where('entry_id', '=', entry).executeTakeFirstOrThrow()).id

/** Tells an agent of the newest event of a ticket. */
async function notificationOf(ctx: Context, agent: number, ticket: number): Promise<number> {
  const event = await ctx.db
    .selectFrom('event')
    .select('id')
    .where('subject_id', '=', ticket)
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow()
  await writeNotifications(ctx, { kind: 'new_message', event: event.id, ticket }, [agent])
  return (await ctx.db.selectFrom('notification').select('id').where('agent_id', '=', agent).executeTakeFirstOrThrow()).id
}

const MAIL = `From: Kim <kim@customer.example>\r
To: support@desk.example\r
Subject: ${SUBJECT}\r
Message-ID: <walk@customer.example>\r
MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary=b\r
\r
--b\r
Content-Type: text/html\r
\r
<p>It smells burnt.</p>\r
--b\r
Content-Type: text/plain; name=photo.txt\r
Content-Disposition: attachment; filename=photo.txt\r
\r
smoke\r
--b--\r
`

async function proposedOn(ctx: Context, thread: number): Promise<number> {
  const { id } = await findOrCreateEndUser(ctx, { address: 'named@customer.example' })
  await proposeCollaborators(ctx, thread, [id], 'mail')
  return id
}

beforeAll(async () => {
  if (!isBuilt) return
  const base = await openTestContext()
  const folder = mkdtempSync(join(tmpdir(), 'tessera-walk-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  base.slots.provide(blobs, openDiskBlobStore(folder))
  base.slots.provide(mailParser, openParsePool())
  fillSlots(base.slots)
  const ctx = { ...base, clock: systemClock }
  await installDefaults(ctx)
  await changeSettings(ctx, { 'setup.completedAt': ctx.clock.now().toISOString(), 'portal.registration': true })
  const cast = await openCast(ctx)
  const { id } = await receiveMail(ctx, { raw: Buffer.from(MAIL), from: 'kim@customer.example', to: ['support@desk.example'] })
  const { ticket } = await receiveMessage(ctx, id)
  const noted = await addNote(
    ctx,
    { id: ticket! },
    { body: NOTE, format: 'text' },
    { files: await storeFiles(ctx, [{ name: 'defect.txt', contentType: 'text/plain', content: Buffer.from(NOTE) }]) },
  )
  // On a ticket that no row throws away: in the trash nothing waits any more.
  const scheduled = await replyToTicket(
    ctx,
    { id: cast.ticket.id },
    { body: 'Tomorrow', format: 'text', sendAt: addSeconds(ctx.clock.now(), 86_400).toISOString() },
  )
  const outside = await takeThirdPartyMessage(ctx, ticket!, {
    channel: 'email',
    author: { id: null, name: 'Supplier', address: 'supplier@elsewhere.example' },
    body: { text: 'From outside', html: null, visibleText: null, visibleHtml: null },
    moves: true,
  })
  const shown = await showTicket(ctx, { id: ticket! })
  const message = shown.entries[0]!.id
  const suspend = async (text: string): Promise<number> => {
    const { id } = await receiveMail(ctx, { raw: Buffer.from(`Subject: ${text}\r\n\r\n${text}`), from: '', to: [] })
    await receiveMessage(ctx, id)
    return id
  }
  const asAda = async () => actingAs(ctx, agentActor((await agentFacts(ctx, cast.agents.ada))!))
  const hour = ctx.clock.now()
  const { id: fuse } = await ctx.db
    .insertInto('mail_fuse')
    .values({
      kind: 'sender',
      value: 'robot@nowhere.example',
      window_started_at: hour,
      count: 900,
      last_at: hour,
      blown_at: hour,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  const file = async (entry: number) => (await listAttachments(ctx, 'entry', [entry]))[0]!
  world = {
    ctx,
    cast,
    ids: new PublicIds(ctx.site.keys),
    number: shown.ticket.number,
    ticket: ticket!,
    message: { entry: message, file: await file(message) },
    note: { entry: noted.entry, file: await file(noted.entry) },
    thirdParty: outside.entry,
    mailbox: (
      await addMailbox(actingAs(ctx, { ...ctx.actor, administrator: true }), {
        address: 'walk@desk.example',
        department: cast.support,
      })
    ).id,
    unreachable: (
      await addMailbox(actingAs(ctx, { ...ctx.actor, administrator: true }), {
        address: 'unreachable@desk.example',
        department: cast.support,
        imap: { host: '127.0.0.1', port: 1, security: 'none', user: 'nobody', password: 'nothing' },
      })
    ).id,
    sent: await mailOf(ctx, scheduled.entry),
    scheduled: scheduled.entry,
    notification: await notificationOf(ctx, cast.agents.sam, ticket!),
    suspended: [await suspend('first'), await suspend('second')],
    ban: (
      await banAddress(await asAda(), {
        address: 'banned@nowhere.example',
      })
    ).id,
    fuse,
    proposed: await proposedOn(ctx, shown.ticket.threadId),
    spare: (await createDepartment(ctx, { name: 'Nobody yet' })).id,
    signingKey: (await makeSigningKey(await asAda(), { domain: 'keyed.example' })).id,
  }

  const role = (name: Role, cookie: string | null, token: string | null): void => {
    const session = cookie?.split('=')[1] ?? null
    // Whoever has no session brings the cookie that binds a visitor's forms.
    const visitor = 'v'.repeat(32)
    headersOf.set(name, {
      page: session
        ? { Cookie: cookie! }
        : { Cookie: `visitor=${visitor}`, ...(token ? { Authorization: `Bearer ${token}` } : {}) },
      api: token ? { Authorization: `Bearer ${token}` } : cookie ? { Cookie: cookie } : {},
      csrf: csrfOf(ctx, hashToken(session ?? visitor)),
    })
  }
  role('anonymous', null, null)
  role('guest', await guestCookie(ctx, cast.other, cast.users.noor), null)
  for (const name of ['kim', 'noor'] as const) role(name, await cookieFor(ctx, { endUser: cast.users[name] }), null)
  for (const name of ['vic', 'lee', 'bo', 'sam', 'mona', 'ada'] as const) {
    const scopes = name === 'ada' ? [...ALL_SCOPES, 'admin' as const] : ALL_SCOPES
    role(name, await cookieFor(ctx, { agent: cast.agents[name] }), await tokenFor(ctx, cast.agents[name], scopes))
  }
  role('scopeless', null, await tokenFor(ctx, cast.agents.sam, ['people:read']))

  const desk = await startBuiltDesk({
    DATABASE_URL: base.databaseUrl,
    FILES_URL: folder,
    // The key of the test's own context.
    SECRET_KEY: '\u0007'.repeat(32),
    ROLES: 'web',
    TRUSTED_PROXIES: '127.0.0.1',
  })
  url = desk.url
})

/** Every route of the HTTP door and of the pages, as `METHOD path`. */
function allRoutes(ctx: Context): string[] {
  const http = openHttp({ ctx, trustedProxies: [], pages: null, clientFolder: tmpdir(), isReady: () => true })
  const found = new Set<string>()
  for (const { method, path } of http.routes) {
    // Middleware stands at every path; what answers 405 stands beside what it answers for; a pattern stands for its paths.
    if (path === '/*' || path === '*') continue
    if (method === 'ALL' && path.startsWith('/api/v1/') && path !== '/api/v1/*') continue
    if (method === 'ALL' && /^\/api(\/http\.php)?\/(tickets|tasks|:call)/.test(path)) continue
    if (path.startsWith('/api/http.php/')) continue
    if (path.startsWith('/api/:call')) for (const format of ['json', 'email']) found.add(`${method} /api/tickets.${format}`)
    else found.add(`${method} ${path}`)
  }
  const walk = (entries: readonly RouteConfigEntry[], base: string): void => {
    for (const entry of entries) {
      const path = entry.path ? `${base}/${entry.path}` : base
      const source = readFileSync(join('src/doors/web', entry.file), 'utf8')
      const hasAction = /export (async )?(function|const) action\b|export \{[^}]*\baction\b/.test(source)
      const answersGet = /export default|export (async )?(function|const) loader\b/.test(source)
      if (!entry.children && answersGet) found.add(`GET ${path || '/'}`)
      if (hasAction) found.add(`POST ${path || '/'}`)
      walk(entry.children ?? [], path)
    }
  }
  walk(routes as RouteConfigEntry[], '')
  return [...found].sort()
}

type Outcome = 'passed' | 'refused' | `sent to ${string}` | `broken: ${string}`

let calls = 0

interface Answered {
  outcome: Outcome
  body: string
}

async function ask(name: string, row: Row, role: Role): Promise<Answered> {
  const [method, pattern] = name.split('#')[0]!.split(' ') as [string, string]
  const path = row.at ? row.at(world) : pattern
  const isApi = path.startsWith('/api/')
  const { page, api, csrf } = headersOf.get(role)!
  // Each call from an address of its own, so that no limit of tries stands in for a refusal.
  const headers: Record<string, string> = { ...(isApi ? api : page), 'X-Forwarded-For': `10.0.${calls >> 8}.${calls++ & 255}` }
  let body: string | undefined
  if (row.json) {
    headers['Content-Type'] = 'application/json'
    body = JSON.stringify(row.json(world))
  } else if (row.form) {
    headers.Origin = url
    headers['Content-Type'] = 'application/x-www-form-urlencoded'
    body = new URLSearchParams({ csrf, submission: world.ctx.random.uuid(), ...row.form(world) }).toString()
  }
  const abort = new AbortController()
  const response = await fetch(url + path, {
    method: method === 'ALL' ? 'GET' : method,
    headers,
    redirect: 'manual',
    signal: abort.signal,
    ...(body === undefined ? {} : { body }),
  })
  // A stream never ends by itself; its first words are enough.
  const text = path === '/live' && response.ok ? '' : await response.text()
  if (path === '/live') abort.abort()
  // A redirect asked for as data comes as 202, and says where inside.
  const to = response.headers.get('location') ?? (response.status === 202 ? (/"(\/[^"]*)"/.exec(text)?.[1] ?? null) : null)
  return { outcome: outcomeOf(response.status, to, text), body: text }
}

function outcomeOf(status: number, location: string | null, text: string): Outcome {
  if (location !== null && status >= 200 && status < 400) return `sent to ${new URL(location, url).pathname}`
  if (status >= 200 && status < 300) return 'passed'
  if (status === 401 || status === 403 || status === 404) return 'refused'
  // Past the gate, and then not taken for what it says.
  if (status === 409 || status === 422) return 'passed'
  return `broken: ${status} ${text.slice(0, 200)}`
}

describe.skipIf(!isBuilt)('every route × every role', () => {
  test('has a row, and every row a route', () => {
    const known = [...new Set(Object.keys(rows).map((name) => name.split('#')[0]!))].sort()
    expect(known).toEqual(allRoutes(world.ctx))
  })

  for (const [name, row] of Object.entries(rows)) {
    test(name, async () => {
      const wrong: string[] = []
      // Those who may come last: what they change must not decide what others find.
      const order = [...ROLES].sort((a, b) => Number(row.may.includes(a)) - Number(row.may.includes(b)))
      for (const role of order) {
        const { outcome, body } = await ask(name, row, role)
        const may = row.may.includes(role)
        const away = /^sent to (\/.*)$/.exec(outcome)?.[1]
        const isRefused =
          outcome === 'refused' || (away !== undefined && (/^\/(sign-in|check)/.test(away) || row.sendsTo?.test(away) === true))
        const hasPassed = outcome === 'passed' || (away !== undefined && !isRefused)
        if (may ? !hasPassed : !isRefused) wrong.push(`${role} ${may ? 'may, but' : 'may not, but'} ${outcome}`)
        if (!SEES.includes(role) && body.includes(SUBJECT)) wrong.push(`${role} reads the subject of Kim's ticket`)
        if (!INSIDERS.includes(role) && body.includes(NOTE)) wrong.push(`${role} reads a note of Kim's ticket`)
      }
      expect(wrong).toEqual([])
    })
  }

  test('a page asked for as data alone has the same gate', async () => {
    const wrong: string[] = []
    for (const [name, row] of Object.entries(rows)) {
      if (!/^GET \/(agent|admin)(\/|$)/.test(name) || /entries|\.data/.test(row.at?.(world) ?? name)) continue
      const [path, query] = (row.at?.(world) ?? name.slice(4)).split('?')
      for (const role of ROLES) {
        const at: Row = { ...row, at: () => `${path}.data${query ? `?${query}` : ''}` }
        const { outcome, body } = await ask(name, at, role)
        const isRefused =
          outcome === 'refused' || outcome.startsWith('sent to /sign-in') || /"status",\s?404|ErrorResponse/.test(body)
        if (!row.may.includes(role) && !isRefused) wrong.push(`${name} as data: ${role} ${outcome}`)
        if (!SEES.includes(role) && body.includes(SUBJECT)) wrong.push(`${name} as data: ${role} reads Kim's subject`)
      }
    }
    expect(wrong).toEqual([])
  })

  test('a NUL in an address finds nothing, and breaks nothing', async () => {
    for (const path of [
      '/tickets/%00',
      '/agent/tickets/%00',
      '/agent/search?q=%00',
      '/agent/find?q=a%00b',
      '/agent/queues/%00',
      '/check?number=%00',
    ]) {
      for (const role of ['anonymous', 'kim', 'sam'] as const) {
        const response = await fetch(url + path, { headers: headersOf.get(role)!.page, redirect: 'manual' })
        expect([path, role, response.status < 500]).toEqual([path, role, true])
        await response.text()
      }
    }
  })

  test('live: only those who may see a ticket hear of it', async () => {
    const heard = new Map<Role, Set<number>>()
    const abort = new AbortController()
    for (const role of ['vic', 'bo', 'sam', 'ada'] as const) {
      const ids = new Set<number>()
      heard.set(role, ids)
      const response = await fetch(`${url}/live`, { headers: headersOf.get(role)!.page, signal: abort.signal })
      const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
      void (async () => {
        for (;;) {
          const { value, done } = await reader.read()
          if (done) return
          for (const [, data] of value.matchAll(/^data: (.+)$/gm)) {
            const event = JSON.parse(data!) as { subject: { kind: string; id: number } }
            if (event.subject.kind === 'ticket') ids.add(event.subject.id)
          }
        }
      })().catch(() => {})
    }
    const note = await fetch(`${url}${tkt(world)}/notes`, {
      method: 'POST',
      headers: { ...headersOf.get('sam')!.api, 'Content-Type': 'application/json' },
      body: JSON.stringify({ body: 'Heard by some' }),
    })
    expect(note.status).toBe(201)
    // An event after it that everybody on the stream hears, Bo as well: a ticket of Billing that Ada opens.
    const made = await fetch(`${url}/api/v1/tickets`, {
      method: 'POST',
      headers: { ...headersOf.get('ada')!.api, 'Content-Type': 'application/json' },
      body: JSON.stringify({ ...asked(), department: world.ids.write('department', world.cast.billing) }),
    })
    const billing = world.ids.read('ticket', ((await made.json()) as { id: string }).id)
    await until(async () => heard.get('bo')!.has(billing) && heard.get('ada')!.has(billing), 'Bo hears of the ticket in Billing')
    await until(
      async () => heard.get('sam')!.has(world.ticket) && heard.get('vic')!.has(world.ticket),
      'Sam and Vic hear of the note',
    )
    expect(heard.get('bo')!.has(world.ticket)).toBe(false)
    expect(heard.get('sam')!.has(billing)).toBe(false)
    expect(heard.get('ada')!.has(world.ticket)).toBe(true)
    abort.abort()
  })
})
