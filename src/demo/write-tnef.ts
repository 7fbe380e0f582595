const SIGNATURE = 0x223e9f78
const ATTACH_REND_DATA = 0x0006_9002
const ATTACH_TITLE = 0x0001_8010
const ATTACH_DATA = 0x0006_800f

/** What Outlook wraps files into, as winmail.dat (MS-OXTNEF sections 2.1.1 and 2.1.3). Names in ASCII. */
export function writeTnef(files: readonly { name: string; content: Buffer }[]): Buffer {
  const head = Buffer.alloc(6)
  head.writeUInt32LE(SIGNATURE)
  head.writeUInt16LE(1, 4)
  return Buffer.concat([
    head,
    ...files.flatMap((file) => [
      attribute(ATTACH_REND_DATA, Buffer.alloc(14)),
      attribute(ATTACH_TITLE, Buffer.from(`${file.name}\0`, 'latin1')),
      attribute(ATTACH_DATA, file.content),
    ]),
  ])
}

function attribute(id: number, data: Buffer): Buffer {
  const head = Buffer.alloc(9)
  head.writeUInt8(2)
  head.writeUInt32LE(id, 1)
  head.writeUInt32LE(data.length, 5)
  const checksum = Buffer.alloc(2)
  checksum.writeUInt16LE(data.reduce((sum, octet) => (sum + octet) & 0xffff, 0))
  return Buffer.concat([head, data, checksum])
}
