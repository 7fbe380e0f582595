import type { Context } from '#core/context.ts'
import { egress } from '#core/egress.ts'

export type SelfTest = 'reached' | 'unreachable' | 'other_site' | 'not_an_address'

const WAIT_MS = 5000
const MAX_BYTES = 1000

/** What `/setup/self-test` answers to a nonce: proof that the request reached this desk and no other. */
export const selfTestAnswer = (ctx: Context, nonce: string): string => ctx.site.keys.sign('self-test', nonce.slice(0, 100))

/**
 * Whether an address leads to this desk: asks it over HTTP for the signature of a nonce. Only that is compared; nothing of the
 * answer is ever shown, and no redirect is followed, so that the question tells nothing about other machines.
 */
export async function testPublicAddress(ctx: Context, address: string): Promise<SelfTest> {
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) return 'not_an_address'
  const nonce = ctx.random.bytes(16).toString('base64url')
  let text: string
  try {
    const answer = await ctx.slots.use(egress).send(`${address.replace(/\/+$/, '')}/setup/self-test?nonce=${nonce}`, {
      headers: { accept: 'text/plain' },
      timeoutMs: WAIT_MS,
      maxBytes: MAX_BYTES,
      beyond: 'cut',
      // A desk of an intranet has an address of that network.
      reach: 'own_network',
    })
    text = answer.status === 200 ? answer.body.toString('utf8') : ''
  } catch {
    return 'unreachable'
  }
  return ctx.site.keys.verify('self-test', nonce, text.trim()) ? 'reached' : 'other_site'
}

/** Links to such an address open on this machine only. */
export function isLoopback(address: string): boolean {
  if (!URL.canParse(address)) return false
  const { hostname } = new URL(address)
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname.startsWith('127.') ||
    hostname === '[::1]' ||
    hostname === '0.0.0.0'
  )
}
