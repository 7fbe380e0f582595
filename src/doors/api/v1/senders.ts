import { z } from 'zod'
import { listFuses, resetFuse } from '#channels/fuses.ts'
import { dropInbound, inboundLog } from '#channels/mail-log.ts'
import { listSigningKeys, makeSigningKey, removeSigningKey, type SigningKey, SigningKeyInput } from '#channels/signing-keys.ts'
import { queueTakeSuspended } from '#intake/take-suspended.ts'
import { banKinds } from '#people/ban-rules.ts'
import { type Ban, BanInput, banAddress, listBans, unbanAddress } from '#people/bans.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { idText, type PublicIds } from '../public-id.ts'
import { pageOf, pageQuery } from './shapes.ts'

const TAG = 'Senders'
const scope = 'admin' as const

const BanShape = z.object({
  id: idText('ban'),
  kind: z.enum(banKinds),
  address: z.string(),
  reason: z.string(),
  createdAt: z.iso.datetime(),
  createdBy: z.string().nullable(),
  hits: z.number().int(),
  lastHitAt: z.iso.datetime().nullable(),
})

const banOf = (ids: PublicIds, ban: Ban): z.output<typeof BanShape> => ({
  id: ids.write('ban', ban.id),
  kind: ban.kind,
  address: ban.value,
  reason: ban.reason,
  createdAt: ban.createdAt.toISOString(),
  createdBy: ban.createdBy,
  hits: ban.hits,
  lastHitAt: ban.lastHitAt?.toISOString() ?? null,
})

const bans = endpoint(
  { method: 'GET', path: '/bans', summary: 'List banned senders (administrators)', tag: TAG, scope, answer: pageOf(BanShape) },
  async ({ ctx, ids }) => ({ data: (await listBans(ctx)).map((ban) => banOf(ids, ban)), next: null }),
)

const ban = endpoint(
  {
    method: 'POST',
    path: '/bans',
    summary: 'Ban an address, a domain or a pattern (administrators)',
    tag: TAG,
    scope,
    body: BanInput,
    madeAt: '/bans',
    answer: BanShape,
  },
  async ({ ctx, ids, body }) => banOf(ids, await banAddress(ctx, body)),
)

const unban = endpoint(
  {
    method: 'DELETE',
    path: '/bans/{ban}',
    ids: { ban: 'ban' },
    summary: 'Lift a ban (administrators)',
    tag: TAG,
    scope,
    status: 204,
    answer: null,
  },
  async ({ ctx, path }) => {
    await unbanAddress(ctx, path.ban!)
  },
)

const suspended = endpoint(
  {
    method: 'GET',
    path: '/suspended',
    summary: 'List suspended mail, newest first, with its cause (administrators)',
    tag: TAG,
    scope,
    query: pageQuery.pick({ cursor: true }),
    answer: pageOf(
      z.object({
        id: idText('mail'),
        receivedAt: z.iso.datetime(),
        from: z.string().nullable(),
        subject: z.string().nullable(),
        cause: z.string().nullable(),
        verdict: z.string().nullable(),
        verdictReason: z.string().nullable(),
      }),
    ),
  },
  async ({ ctx, ids, query }) => {
    const page = await inboundLog(ctx, { state: 'parked', cursor: query.cursor ?? null })
    return {
      data: page.rows.map((row) => ({
        id: ids.write('mail', row.id),
        receivedAt: row.receivedAt.toISOString(),
        from: row.summary?.from ?? null,
        subject: row.summary?.subject ?? null,
        cause: row.reason?.key ?? null,
        verdict: row.verdict,
        verdictReason: row.verdictReason?.key ?? null,
      })),
      next: page.next,
    }
  },
)

const take = endpoint(
  {
    method: 'POST',
    path: '/suspended/{mail}/take',
    ids: { mail: 'mail' },
    summary: 'Make a suspended mail a ticket, soon after the call; `trust` its sender from then on (administrators)',
    tag: TAG,
    scope,
    body: z.object({ trust: z.boolean().default(false) }),
    status: 204,
    answer: null,
  },
  async ({ ctx, path, body }) => {
    await queueTakeSuspended(ctx, path.mail!, { trust: body.trust })
  },
)

const drop = endpoint(
  {
    method: 'DELETE',
    path: '/suspended/{mail}',
    ids: { mail: 'mail' },
    summary: 'Delete a suspended mail (administrators)',
    tag: TAG,
    scope,
    status: 204,
    answer: null,
  },
  async ({ ctx, path }) => {
    await dropInbound(ctx, path.mail!)
  },
)

const stopped = endpoint(
  {
    method: 'GET',
    path: '/stopped-senders',
    summary: 'List senders whose mail is stopped because a loop is likely (administrators)',
    tag: TAG,
    scope,
    answer: pageOf(
      z.object({
        id: idText('fuse'),
        kind: z.enum(['subject', 'sender', 'domain']),
        value: z.string(),
        count: z.number().int(),
        stoppedAt: z.iso.datetime(),
      }),
    ),
  },
  async ({ ctx, ids }) => ({
    data: (await listFuses(ctx)).map(({ id, kind, value, count, blownAt }) => ({
      id: ids.write('fuse', id),
      kind,
      value,
      count,
      stoppedAt: blownAt.toISOString(),
    })),
    next: null,
  }),
)

const reset = endpoint(
  {
    method: 'POST',
    path: '/stopped-senders/{fuse}/reset',
    ids: { fuse: 'fuse' },
    summary: 'Take mail of a stopped sender again (administrators)',
    tag: TAG,
    scope,
    body: z.object({}),
    status: 204,
    answer: null,
  },
  async ({ ctx, path }) => {
    await resetFuse(ctx, path.fuse!)
  },
)

const KeyShape = z.object({
  id: idText('signingKey'),
  domain: z.string(),
  selector: z.string(),
  record: z.object({ name: z.string(), value: z.string() }).describe('The TXT record to publish'),
  publishedAt: z.iso.datetime().nullable().describe('Since when mail is signed; null until the record was found'),
})

const keyOf = (ids: PublicIds, key: SigningKey): z.output<typeof KeyShape> => ({
  id: ids.write('signingKey', key.id),
  domain: key.domain,
  selector: key.selector,
  record: key.record,
  publishedAt: key.publishedAt?.toISOString() ?? null,
})

const keys = endpoint(
  {
    method: 'GET',
    path: '/signing-keys',
    summary: 'List the keys that outgoing mail is signed with (administrators)',
    tag: TAG,
    scope,
    answer: pageOf(KeyShape),
  },
  async ({ ctx, ids }) => ({ data: (await listSigningKeys(ctx)).map((key) => keyOf(ids, key)), next: null }),
)

const makeKey = endpoint(
  {
    method: 'POST',
    path: '/signing-keys',
    summary: 'Make a key for a domain; it signs once its record was found by a check (administrators)',
    tag: TAG,
    scope,
    body: SigningKeyInput,
    madeAt: '/signing-keys',
    answer: KeyShape,
  },
  async ({ ctx, ids, body }) => keyOf(ids, await makeSigningKey(ctx, body)),
)

const removeKey = endpoint(
  {
    method: 'DELETE',
    path: '/signing-keys/{key}',
    ids: { key: 'signingKey' },
    summary: 'Remove a signing key (administrators)',
    tag: TAG,
    scope,
    status: 204,
    answer: null,
  },
  async ({ ctx, path }) => {
    await removeSigningKey(ctx, path.key!)
  },
)

export const senderEndpoints: readonly Endpoint[] = [
  bans,
  ban,
  unban,
  suspended,
  take,
  drop,
  stopped,
  reset,
  keys,
  makeKey,
  removeKey,
]
