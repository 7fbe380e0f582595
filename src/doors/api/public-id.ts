import { type Cipheriv, createCipheriv, createDecipheriv, type Decipheriv } from 'node:crypto'
import { z } from 'zod'
import { notFound } from '#core/errors.ts'
import type { Keyring } from '#core/signing.ts'

/** What has an id outside the desk, and its prefix. */
export const idPrefixes = {
  ticket: 'tkt',
  entry: 'ent',
  person: 'per',
  agent: 'agt',
  team: 'tea',
  department: 'dep',
  topic: 'top',
  status: 'sta',
  priority: 'pri',
  attachment: 'att',
  event: 'evt',
  notification: 'ntf',
  ban: 'ban',
  message: 'msg',
  fuse: 'fus',
  mail: 'mal',
  cannedResponse: 'can',
  signingKey: 'key',
  tag: 'tag',
  bulk: 'blk',
  mailbox: 'box',
} as const
export type IdKind = keyof typeof idPrefixes

const KINDS = Object.keys(idPrefixes) as IdKind[]
const DIGITS = 26

/** An id as callers write it, for schemas: opaque, with a prefix that says of what. */
export const idText = (kind: IdKind) =>
  z
    .string()
    .regex(new RegExp(`^${idPrefixes[kind]}_[0-9a-v]{${DIGITS}}$`))
    .describe(`Id of ${kind === 'attachment' || kind === 'event' || kind === 'entry' || kind === 'agent' ? 'an' : 'a'} ${kind}`)

/**
 * Ids of rows as the outside sees them: `tkt_` and 26 digits of base 32, one block of AES under a key of the desk's secret, so that
 * they tell neither how many there are nor which comes next. The kind is inside the block: an id of one kind is none of another.
 */
export class PublicIds {
  readonly #cipher: Cipheriv
  readonly #decipher: Decipheriv

  constructor(keys: Keyring) {
    const key = keys.key('api-id').subarray(0, 16)
    // One block is one id, so the mode that ties blocks together is not wanted; a cipher without padding may be used again and again.
    this.#cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false)
    this.#decipher = createDecipheriv('aes-128-ecb', key, null).setAutoPadding(false)
  }

  write(kind: IdKind, id: number): string
  write(kind: IdKind, id: number | null): string | null
  write(kind: IdKind, id: number | null): string | null {
    if (id === null) return null
    const block = Buffer.alloc(16)
    block.writeUInt8(KINDS.indexOf(kind), 0)
    block.writeUIntBE(id, 10, 6)
    const hex = this.#cipher.update(block).toString('hex')
    return `${idPrefixes[kind]}_${BigInt(`0x${hex}`).toString(32).padStart(DIGITS, '0')}`
  }

  /** The row's id, or null when the text is no id of that kind. */
  peek(kind: IdKind, text: string): number | null {
    const prefix = `${idPrefixes[kind]}_`
    if (!text.startsWith(prefix)) return null
    const digits = text.slice(prefix.length)
    if (!/^[0-9a-v]{26}$/.test(digits)) return null
    let value = 0n
    for (const digit of digits) value = value * 32n + BigInt(Number.parseInt(digit, 32))
    if (value >= 1n << 128n) return null
    const block = this.#decipher.update(Buffer.from(value.toString(16).padStart(32, '0'), 'hex'))
    if (block.readUInt8(0) !== KINDS.indexOf(kind) || block.subarray(1, 10).some((byte) => byte !== 0)) return null
    return block.readUIntBE(10, 6)
  }

  /** Errors: NotFound. */
  read(kind: IdKind, text: string): number {
    const id = this.peek(kind, text)
    if (id === null) throw notFound()
    return id
  }
}
