import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import { z } from 'zod'
import { cached, defineCached, dropCached } from '#core/cache.ts'
import type { Context } from '#core/context.ts'
import { AppError, forbidden, invalid, notFound } from '#core/errors.ts'
import { emit } from '#core/events.ts'
import { transact } from '#core/transact.ts'
import { signingKeyChecked, signingKeyMade, signingKeyRemoved } from './channel-events.ts'
import { mailDns } from './mail-dns.ts'
import { activeMailboxes } from './mailboxes.ts'

const SEALED = 'dkim-key'
/** RFC 8301 section 3.2: at least 1024, and 2048 wherever possible; longer ones do not fit what many name servers take. */
const KEY_BITS = 2048

const generate = promisify(generateKeyPair)

export type CheckResult = 'published' | 'absent' | 'other' | 'unreachable'

export interface SigningKey {
  id: number
  domain: string
  selector: string
  /** Name and value of the TXT record to publish (RFC 6376 section 3.6.2). */
  record: { name: string; value: string }
  createdAt: Date
  checkedAt: Date | null
  checkResult: CheckResult | null
  /** Since when mail is signed with it; null until the record was found. */
  publishedAt: Date | null
}

export const SigningKeyInput = z.object({ domain: z.string().trim().min(1).max(253) })

/** What signs: opened, for composing only. Mail from before `since` was first written without a signature, and stays so on every try. */
export interface OpenKey {
  domain: string
  selector: string
  privateKey: string
  since: Date
}

const keysCache = defineCached<ReadonlyMap<string, OpenKey>>('signing-keys', async (ctx) => {
  const rows = await ctx.db.selectFrom('signing_key').selectAll().where('published_at', 'is not', null).execute()
  const keys = new Map<string, OpenKey>()
  for (const row of rows) {
    try {
      keys.set(row.domain, {
        domain: row.domain,
        selector: row.selector,
        privateKey: ctx.site.keys.open(SEALED, row.private_sealed),
        since: row.published_at!,
      })
    } catch {
      // Sealed with another site key: mail leaves unsigned rather than not at all.
      ctx.log.error({ domain: row.domain }, 'a signing key cannot be read any more; make a new one')
    }
  }
  return keys
})

/** The key that mail of this address is signed with: its domain's, or that of a domain above it; null when there is none. */
export async function openKeyFor(ctx: Context, address: string): Promise<OpenKey | null> {
  const keys = await cached(ctx, keysCache)
  let domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase()
  while (domain.includes('.')) {
    const found = keys.get(domain)
    if (found) return found
    domain = domain.slice(domain.indexOf('.') + 1)
  }
  return null
}

/** By domain. Errors: Forbidden. */
export async function listSigningKeys(ctx: Context): Promise<SigningKey[]> {
  if (!ctx.actor.administrator) throw forbidden()
  const rows = await ctx.db.selectFrom('signing_key').selectAll().orderBy('domain').execute()
  return rows.map((row) => ({
    id: row.id,
    domain: row.domain,
    selector: row.selector,
    record: recordOf(row.domain, row.selector, row.public_key),
    createdAt: row.created_at,
    checkedAt: row.checked_at,
    checkResult: row.check_result,
    publishedAt: row.published_at,
  }))
}

/** Domains of our mailboxes that have no key yet. */
export async function domainsWithoutKey(ctx: Context): Promise<string[]> {
  const known = new Set((await listSigningKeys(ctx)).map((key) => key.domain))
  const domains = (await activeMailboxes(ctx)).map((mailbox) => mailbox.address.slice(mailbox.address.lastIndexOf('@') + 1))
  return [...new Set(domains)].filter((domain) => !known.has(domain)).sort()
}

/** Makes a key for a domain; it signs once its record is found. Errors: Forbidden, Invalid at /domain, Conflict (the domain has one). */
export async function makeSigningKey(ctx: Context, input: z.input<typeof SigningKeyInput>): Promise<SigningKey> {
  if (!ctx.actor.administrator) throw forbidden()
  const domain = SigningKeyInput.parse(input).domain.toLowerCase().replace(/^@/, '').replace(/\.$/, '')
  if (!/^(?!-)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+$/.test(domain)) throw invalid('/domain', 'banDomain')
  const { privateKey, publicKey } = await generate('rsa', { modulusLength: KEY_BITS })
  const now = ctx.clock.now()
  const selector = `tessera${now.toISOString().slice(0, 7).replace('-', '')}${ctx.random.bytes(2).toString('hex')}`
  return transact(ctx, async (ctx) => {
    const row = await ctx.db
      .insertInto('signing_key')
      .values({
        domain,
        selector,
        private_sealed: ctx.site.keys.seal(SEALED, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()),
        public_key: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
        created_by: ctx.actor.id,
        created_at: now,
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .executeTakeFirst()
    if (!row) throw new AppError('conflict', 'signingKeyExists')
    await emit(
      ctx,
      signingKeyMade({ subject: { kind: 'signing_key', id: row.id }, data: { domain, selector }, facts: { internal: true } }),
    )
    return (await listSigningKeys(ctx)).find((key) => key.id === row.id)!
  })
}

/** Looks for the record in the DNS; once it is there, mail of the domain is signed. Outside any transaction. Errors: Forbidden, NotFound. */
export async function checkSigningKey(ctx: Context, id: number): Promise<CheckResult> {
  const key = (await listSigningKeys(ctx)).find((one) => one.id === id)
  if (!key) throw notFound()
  if (ctx.tx) throw new Error('checkSigningKey() asks name servers: not inside a transaction')
  const result = await lookUp(ctx, key)
  await transact(ctx, async (ctx) => {
    const now = ctx.clock.now()
    await ctx.db
      .updateTable('signing_key')
      .set({
        checked_at: now,
        check_result: result,
        ...(result === 'published' && key.publishedAt === null ? { published_at: now } : {}),
      })
      .where('id', '=', id)
      .execute()
    dropCached(ctx, keysCache)
    await emit(ctx, signingKeyChecked({ subject: { kind: 'signing_key', id }, data: { result }, facts: { internal: true } }))
  })
  return result
}

/** Mail of the domain leaves unsigned from now on. Its record may go a week later, when what is under way has arrived. Errors: Forbidden, NotFound. */
export async function removeSigningKey(ctx: Context, id: number): Promise<void> {
  if (!ctx.actor.administrator) throw forbidden()
  await transact(ctx, async (ctx) => {
    const row = await ctx.db.deleteFrom('signing_key').where('id', '=', id).returning('domain').executeTakeFirst()
    if (!row) throw notFound()
    dropCached(ctx, keysCache)
    await emit(
      ctx,
      signingKeyRemoved({ subject: { kind: 'signing_key', id }, data: { domain: row.domain }, facts: { internal: true } }),
    )
  })
}

async function lookUp(ctx: Context, key: SigningKey): Promise<CheckResult> {
  let answers: unknown[]
  try {
    answers = await ctx.slots.use(mailDns)(key.record.name, 'TXT')
  } catch (error) {
    const { code } = error as { code?: string }
    return code === 'ENOTFOUND' || code === 'ENODATA' ? 'absent' : 'unreachable'
  }
  const wanted = publicKeyOf(key.record.value)
  // A record of more than 255 octets comes in pieces that belong together (RFC 7208 section 3.3).
  const texts = answers.map((answer) => (Array.isArray(answer) ? answer.join('') : String(answer)))
  return texts.some((text) => publicKeyOf(text) === wanted) ? 'published' : 'other'
}

const publicKeyOf = (record: string): string | null => /(?:^|;)\s*p\s*=([^;]*)/.exec(record)?.[1]?.replace(/\s+/g, '') ?? null

const recordOf = (domain: string, selector: string, publicKey: string): SigningKey['record'] => ({
  name: `${selector}._domainkey.${domain}`,
  value: `v=DKIM1; k=rsa; p=${publicKey}`,
})
