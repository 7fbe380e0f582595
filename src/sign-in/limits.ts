import type { Context } from '#core/context.ts'
import { countAttempt, forgetAttempts, type Limit } from '#core/limits.ts'

/** Tries of one account from one client: enough for a forgotten password, too few for guessing (OWASP ASVS 5, 6.3.1). */
export const perAccountHere: Limit = { name: 'sign-in:account-here', max: 10, windowSeconds: 900 }
/** Tries of one account from wherever. Higher, so that a stranger with one machine cannot lock its owner out. */
export const perAccount: Limit = { name: 'sign-in:account', max: 100, windowSeconds: 900 }
/** Tries from one address, on whatever account: an office behind one address signs in in the morning. */
export const perAddress: Limit = { name: 'sign-in:address', max: 60, windowSeconds: 900 }
/** Mailed links to one address, so that nobody's mailbox is filled by a stranger. */
export const mailsPerAccount: Limit = { name: 'sign-in-mail:account', max: 5, windowSeconds: 3600 }
export const mailsPerAddress: Limit = { name: 'sign-in-mail:address', max: 30, windowSeconds: 3600 }
/** Tokens tried from one address: they cannot be guessed, but need not be tried either. */
export const linksPerAddress: Limit = { name: 'sign-in-link:address', max: 60, windowSeconds: 900 }

/** The client's network address; an IPv6 client owns a /64 (RFC 6177), so that is what counts. */
export function clientOf(ctx: Context): string {
  const address = ctx.request?.address ?? 'none'
  return address.includes(':') && !address.startsWith('::ffff:') ? networkOf(address) : address
}

function networkOf(address: string): string {
  const [head = '', tail] = address.split('%')[0]!.split('::')
  const first = head.split(':').filter(Boolean)
  const last = tail === undefined ? [] : tail.split(':').filter(Boolean)
  const groups =
    tail === undefined ? first : [...first, ...Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0'), ...last]
  return `${groups.slice(0, 4).join(':')}::/64`
}

/** Counts one try of a password, in the order that costs its owner least. Errors: TooMany. */
export async function countPasswordTry(ctx: Context, account: string): Promise<void> {
  await countAttempt(ctx, perAddress, clientOf(ctx))
  await countAttempt(ctx, perAccountHere, hereOf(ctx, account))
  await countAttempt(ctx, perAccount, account)
}

/** After the right password. */
export async function forgetPasswordTries(ctx: Context, account: string): Promise<void> {
  await forgetAttempts(ctx, perAccountHere, hereOf(ctx, account))
  await forgetAttempts(ctx, perAccount, account)
}

const hereOf = (ctx: Context, account: string): string => `${account} ${clientOf(ctx)}`

/** Counts one try against both limits. Errors: TooMany. */
export async function countTry(ctx: Context, account: Limit, address: Limit, who: string): Promise<void> {
  await countAttempt(ctx, address, clientOf(ctx))
  await countAttempt(ctx, account, who)
}
