import { createHash, randomBytes, randomInt, randomUUID } from 'node:crypto'

/** The only source of randomness in rooms. */
export interface Random {
  bytes(length: number): Buffer
  uuid(): string
  /** `length` decimal digits, first one not zero. */
  digits(length: number): string
}

export const systemRandom: Random = {
  bytes: (length) => randomBytes(length),
  uuid: () => randomUUID(),
  digits: (length) => String(randomInt(10 ** (length - 1), 10 ** length)),
}

/** Repeatable randomness for tests and seeding; never for secrets. */
export function seededRandom(seed: string): Random {
  let counter = 0
  const bytes = (length: number): Buffer => {
    const chunks: Buffer[] = []
    for (let have = 0; have < length; have += 32) chunks.push(createHash('sha256').update(`${seed}:${counter++}`).digest())
    return Buffer.concat(chunks).subarray(0, length)
  }
  return {
    bytes,
    uuid: () => {
      const b = bytes(16)
      b[6] = (b[6]! & 0x0f) | 0x40
      b[8] = (b[8]! & 0x3f) | 0x80
      const hex = b.toString('hex')
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
    },
    digits: (length) => {
      const low = 10 ** (length - 1)
      return String(low + (bytes(6).readUIntBE(0, 6) % (9 * low)))
    },
  }
}
