import { Readable } from 'node:stream'
import { dkimSign } from 'mailauth/lib/dkim/sign.js'

const PIECE = 64 * 1024

/**
 * The mail with a DKIM signature before it (RFC 6376; relaxed/relaxed, rsa-sha256, the whole body). The same mail, key and date give the same
 * octets. Rejects when the key does not work.
 */
export async function signMail(
  raw: Buffer,
  key: { domain: string; selector: string; privateKey: string },
  date: Date,
): Promise<Buffer> {
  const { signatures, errors } = await dkimSign(Readable.from(pieces(raw)), {
    canonicalization: 'relaxed/relaxed',
    algorithm: 'rsa-sha256',
    signTime: date,
    signatureData: [{ signingDomain: key.domain, selector: key.selector, privateKey: key.privateKey }],
    // Its types ask for one key beside the list of keys; only the list counts.
  } as Parameters<typeof dkimSign>[1])
  if (errors.length > 0 || !signatures)
    throw new Error(`The mail could not be signed: ${String(errors[0]?.err?.message ?? 'no signature')}`)
  return Buffer.concat([Buffer.from(signatures), raw])
}

function* pieces(raw: Buffer): Generator<Buffer> {
  for (let at = 0; at < raw.length; at += PIECE) yield raw.subarray(at, at + PIECE)
}
