import { createHash, createHmac } from 'node:crypto'

/** A Message-ID as osTicket signs it: written from its published format, not from our reader. */
export function osticketId(salt: string, at: { user: number; entry: number; thread: number }): string {
  const random = 'x_9=Q'
  const sysid = createHash('md5').update(`mail${salt}`).digest('base64').replaceAll('+', '=').slice(0, 6)
  const tag = Buffer.alloc(13)
  tag.writeUInt32LE(at.user, 0)
  tag.writeUInt32LE(at.entry, 4)
  tag.writeUInt32LE(at.thread, 8)
  tag.write('U', 12)
  const mac = createHmac('sha1', salt)
    .update(Buffer.concat([tag, Buffer.from(random), Buffer.from(sysid)]))
    .digest()
    .subarray(-5)
  return `B${sysid}-${random}-${Buffer.concat([tag, mac]).toString('base64')}-support@old.example`
}
