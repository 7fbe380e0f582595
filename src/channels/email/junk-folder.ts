import type { Egress } from '#core/egress.ts'
import type { GraphSettings, ImapServer } from '../mailbox-input.ts'
import { callGraph, type GraphAccess, isGraphError, userPath } from './graph-session.ts'
import type { ImapCredential } from './imap-session.ts'
import { endImap, imapClient } from './imap-session.ts'

/** One mail of a folder as a list shows it; what the header says is the sender's word. */
export interface JunkHead {
  /** Names the mail within its folder, for one later call. */
  ref: string
  name: string
  address: string
  subject: string
  receivedAt: Date
  /** Octets; null when the server does not say. */
  size: number | null
}

/** The folder into which a provider sorts what it takes for spam. */
export interface JunkFolder extends AsyncDisposable {
  /** The newest mails, newest first. */
  newest(count: number): Promise<JunkHead[]>
  /** One mail, up to `maxBytes`; null when it lies there no more. */
  read(ref: string, maxBytes: number): Promise<{ raw: Buffer; isCut: boolean; receivedAt: Date } | null>
  /** Puts a mail where the mailbox is read from, as the button "Not junk" of a mail program does. */
  moveToInbox(ref: string): Promise<void>
}

/** It has no words of the server's: there was no refusal. */
const missing = (): Error => Object.assign(new Error(''), { code: 'NO_JUNK' })

/** By the special use \Junk (RFC 6154), or else by a usual name. Rejects with the library's error, or code NO_JUNK. */
export async function openImapJunk(server: ImapServer, credential: ImapCredential): Promise<JunkFolder> {
  const client = imapClient(server, credential)
  // Without a listener an error after the connection stands would end the process.
  client.on('error', () => {})
  try {
    await client.connect()
    const path = (await client.list()).find((folder) => folder.specialUse === '\\Junk')?.path
    if (path === undefined) throw missing()
    const box = await client.mailboxOpen(path)
    const uidOf = (ref: string): string | null => {
      const [validity, uid] = ref.split(':')
      return validity === String(box.uidValidity) && /^[1-9]\d{0,9}$/.test(uid ?? '') ? uid! : null
    }
    return {
      async newest(count) {
        if (box.exists === 0) return []
        const found: JunkHead[] = []
        for await (const mail of client.fetch(`${Math.max(1, box.exists - count + 1)}:*`, {
          uid: true,
          size: true,
          internalDate: true,
          envelope: true,
        })) {
          const from = mail.envelope?.from?.[0]
          found.push({
            ref: `${box.uidValidity}:${mail.uid}`,
            name: from?.name ?? '',
            address: from?.address ?? '',
            subject: mail.envelope?.subject ?? '',
            receivedAt: new Date(mail.internalDate ?? 0),
            size: mail.size ?? null,
          })
        }
        return found.reverse()
      },
      async read(ref, maxBytes) {
        const uid = uidOf(ref)
        if (uid === null) return null
        // One octet more than may be, to see whether there is more.
        const source = { start: 0, maxLength: maxBytes + 1 }
        const mail = await client.fetchOne(uid, { uid: true, internalDate: true, source }, { uid: true })
        if (!mail) return null
        const octets = mail.source ?? Buffer.alloc(0)
        const isCut = octets.length > maxBytes
        return {
          raw: isCut ? octets.subarray(0, maxBytes) : octets,
          isCut,
          receivedAt: new Date(mail.internalDate ?? 0),
        }
      },
      async moveToInbox(ref) {
        const uid = uidOf(ref)
        if (uid === null || path === server.folder) return
        // Several servers let a mail program say so by keyword; where they do not, moving says it.
        await client.messageFlagsAdd(uid, ['$NotJunk'], { uid: true }).catch(() => false)
        if (!(await client.messageMove(uid, server.folder, { uid: true }))) throw new Error(`${server.folder} took nothing`)
      },
      [Symbol.asyncDispose]: () => endImap(client),
    }
  } catch (error) {
    await endImap(client)
    throw error
  }
}

const JUNK = 'junkemail'
/** PidTagMessageSize of MS-OXPROPS: a message of Graph has no size of its own. */
const SIZE = 'Integer 0x0E08'

interface GraphJunkMail {
  id: string
  subject?: string | null
  receivedDateTime?: string
  from?: { emailAddress?: { name?: string; address?: string } }
  singleValueExtendedProperties?: { id: string; value: string }[]
}

/** The folder `junkemail` of a mailbox at Microsoft. Rejects with GraphError, EgressError or OAuthError. */
export async function openGraphJunk(access: {
  egress: Egress
  settings: GraphSettings
  token: GraphAccess['token']
  /** Where the mailbox is read from: a folder's id. */
  inbox(): Promise<string>
}): Promise<JunkFolder> {
  const base = userPath(access.settings)
  const folder = parsed<{ id: string }>(await callGraph(access, 'GET', `${base}/mailFolders/${JUNK}?$select=id`)).id
  const pathOf = (ref: string): string => `${base}/messages/${encodeURIComponent(ref)}`
  return {
    async newest(count) {
      const query = new URLSearchParams({
        $top: String(count),
        $orderby: 'receivedDateTime desc',
        $select: 'subject,from,receivedDateTime',
        $expand: `singleValueExtendedProperties($filter=id eq '${SIZE}')`,
      })
      const { value = [] } = parsed<{ value?: GraphJunkMail[] }>(
        await callGraph(access, 'GET', `${base}/mailFolders/${JUNK}/messages?${query}`),
      )
      return value.map((mail) => ({
        ref: mail.id,
        name: mail.from?.emailAddress?.name ?? '',
        address: mail.from?.emailAddress?.address ?? '',
        subject: mail.subject ?? '',
        receivedAt: new Date(mail.receivedDateTime ?? 0),
        size: sizeOf(mail),
      }))
    },
    async read(ref, maxBytes) {
      try {
        const about = parsed<{ parentFolderId?: string; receivedDateTime?: string }>(
          await callGraph(access, 'GET', `${pathOf(ref)}?$select=parentFolderId,receivedDateTime`),
        )
        // An id names a message of the whole mailbox: nothing is read that does not lie in junk.
        if (about.parentFolderId !== folder) return null
        const answer = await callGraph(access, 'GET', `${pathOf(ref)}/$value`, { maxBytes, beyond: 'cut', timeoutMs: 120_000 })
        return { raw: answer.body, isCut: answer.isCut, receivedAt: new Date(about.receivedDateTime ?? 0) }
      } catch (error) {
        if (isGraphError(error) && [400, 404, 410].includes(error.status)) return null
        throw error
      }
    },
    async moveToInbox(ref) {
      await callGraph(access, 'POST', `${pathOf(ref)}/move`, { json: { destinationId: await access.inbox() } })
    },
    async [Symbol.asyncDispose]() {},
  }
}

function sizeOf(mail: GraphJunkMail): number | null {
  const size = Number(mail.singleValueExtendedProperties?.find((one) => /0x0*e08$/i.test(one.id))?.value)
  return Number.isSafeInteger(size) && size > 0 ? size : null
}

const parsed = <T>(answer: { body: Buffer }): T => JSON.parse(answer.body.toString('utf8')) as T
