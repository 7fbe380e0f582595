import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { systemRandom } from './random.ts'

/** Keys derived from the one secret, a key a purpose (HKDF, RFC 5869), so that a signature of one kind is worth nothing as another. */
export interface Keyring {
  /** HMAC-SHA256 over `value`, base64url, `bytes` long before encoding (at least 16). */
  sign(purpose: string, value: string, bytes?: number): string
  /** Constant-time check of what `sign` gave. */
  verify(purpose: string, value: string, signature: string, bytes?: number): boolean
  /** The raw 32-byte key of a purpose. */
  key(purpose: string): Buffer
  /** AES-256-GCM, base64url of nonce, tag and text: for secrets at rest. */
  seal(purpose: string, plain: string): string
  open(purpose: string, sealed: string): string
}

export function openKeyring(secret: Buffer): Keyring {
  const keys = new Map<string, Buffer>()
  const key = (purpose: string): Buffer => {
    const known = keys.get(purpose)
    if (known) return known
    const made = Buffer.from(hkdfSync('sha256', secret, '', `tessera:${purpose}`, 32))
    keys.set(purpose, made)
    return made
  }
  const mac = (purpose: string, value: string, bytes: number): Buffer =>
    createHmac('sha256', key(purpose)).update(value).digest().subarray(0, bytes)
  return {
    key,
    sign: (purpose, value, bytes = 16) => mac(purpose, value, bytes).toString('base64url'),
    verify: (purpose, value, signature, bytes = 16) => {
      const given = Buffer.from(signature, 'base64url')
      return given.length === bytes && timingSafeEqual(given, mac(purpose, value, bytes))
    },
    seal: (purpose, plain) => {
      const nonce = systemRandom.bytes(12)
      const cipher = createCipheriv('aes-256-gcm', key(`seal:${purpose}`), nonce)
      const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url')
    },
    open: (purpose, sealed) => {
      const bytes = Buffer.from(sealed, 'base64url')
      const decipher = createDecipheriv('aes-256-gcm', key(`seal:${purpose}`), bytes.subarray(0, 12))
      decipher.setAuthTag(bytes.subarray(12, 28))
      return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
    },
  }
}

/** Random tokens are stored only as this hash. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('base64url')
