import { ImapFlow } from 'imapflow'
import type { ImapServer } from '../mailbox-input.ts'

export interface MailHead {
  uid: number
  size: number
  internalDate: Date
  seen: boolean
}

/** One signed-in connection with one folder open. Every method rejects once the connection is gone. */
export interface ImapSession extends AsyncDisposable {
  readonly uidValidity: number
  /** Of the folder when it was opened. */
  readonly uidNext: number
  /** Mails with a greater UID, ascending. */
  after(uid: number): Promise<MailHead[]>
  /** Mails the server took at `since` or later, ascending by UID. */
  since(since: Date): Promise<MailHead[]>
  /** Raw octets by UID; a mail that is gone is left out. */
  sources(uids: readonly number[]): Promise<Map<number, Buffer>>
  /** The first octets of one mail. */
  beginning(uid: number, octets: number): Promise<Buffer>
  markSeen(uids: readonly number[]): Promise<void>
  /** Into another folder of the account, which is made when it is not there. */
  move(uids: readonly number[], folder: string): Promise<void>
  /** Deletes just these; where the server cannot (no UIDPLUS, RFC 4315) they are marked for deletion and stay until somebody expunges. */
  remove(uids: readonly number[]): Promise<void>
  /** Resolves when something may have arrived: at once by IDLE (RFC 2177), after `pollMs` in any case. */
  waitForMail(pollMs: number, signal: AbortSignal): Promise<void>
}

/** A password, or what a provider gave instead (XOAUTH2, RFC 7628). */
export type ImapCredential = string | { accessToken: string }

/** Not connected yet. */
export const imapClient = (server: ImapServer, credential: ImapCredential): ImapFlow =>
  new ImapFlow({
    host: server.host,
    port: server.port,
    secure: server.security === 'tls',
    ...(server.security === 'tls' ? {} : { doSTARTTLS: server.security === 'starttls' }),
    auth:
      typeof credential === 'string'
        ? { user: server.user, pass: credential }
        : { user: server.user, accessToken: credential.accessToken },
    logger: false,
    disableAutoIdle: true,
    connectionTimeout: 20_000,
    greetingTimeout: 15_000,
    socketTimeout: 120_000,
    clientInfo: { name: 'Tessera' },
  })

/** Connects, signs in, opens the folder. Rejects with the library's error; `troubleOf` names it. */
export async function openImap(server: ImapServer, credential: ImapCredential): Promise<ImapSession> {
  const client = imapClient(server, credential)
  let arrived = false
  let gone: unknown = null
  const wakers = new Set<() => void>()
  const wake = (): void => {
    for (const waker of wakers) waker()
  }
  // Without listeners an error after the connection stands would end the process.
  client.on('error', (error: Error) => {
    gone ??= error
    wake()
  })
  client.on('close', () => {
    gone ??= new Error('Connection not available')
    wake()
  })
  client.on('exists', () => {
    arrived = true
    wake()
  })
  try {
    await client.connect()
    const box = await client.mailboxOpen(server.folder)
    const alive = (): void => {
      if (gone) throw gone
      if (!client.usable) throw new Error('Connection not available')
    }
    const heads = async (range: string): Promise<MailHead[]> => {
      alive()
      const found: MailHead[] = []
      for await (const message of client.fetch(
        range,
        { uid: true, size: true, internalDate: true, flags: true },
        { uid: true },
      )) {
        found.push({
          uid: message.uid,
          size: message.size ?? 0,
          internalDate: message.internalDate ? new Date(message.internalDate) : new Date(0),
          seen: message.flags?.has('\\Seen') ?? false,
        })
      }
      return found.sort((a, b) => a.uid - b.uid)
    }
    return {
      uidValidity: Number(box.uidValidity),
      uidNext: box.uidNext,
      // `N:*` always names the last mail, also when its UID is below N (RFC 3501 section 6.4.8).
      after: async (uid) => (await heads(`${uid + 1}:*`)).filter((head) => head.uid > uid),
      async since(since) {
        alive()
        // SEARCH SINCE compares whole days in the server's zone: ask for two days more, then look at the time.
        const day = new Date(since.getTime() - 2 * 86_400_000)
        const uids = await client.search({ since: day }, { uid: true })
        const found: MailHead[] = []
        const list = Array.isArray(uids) ? uids : []
        for (let at = 0; at < list.length; at += 500) found.push(...(await heads(list.slice(at, at + 500).join(','))))
        // INTERNALDATE has no parts of a second.
        const from = Math.floor(since.getTime() / 1000) * 1000
        return found.filter((head) => head.internalDate.getTime() >= from)
      },
      async sources(uids) {
        alive()
        const found = new Map<number, Buffer>()
        for await (const message of client.fetch(uids.join(','), { uid: true, source: true }, { uid: true })) {
          if (message.source) found.set(message.uid, message.source)
        }
        alive()
        return found
      },
      async beginning(uid, octets) {
        alive()
        for await (const message of client.fetch(
          String(uid),
          { uid: true, source: { start: 0, maxLength: octets } },
          { uid: true },
        )) {
          if (message.source) return message.source
        }
        return Buffer.alloc(0)
      },
      async markSeen(uids) {
        alive()
        try {
          await client.messageFlagsAdd(uids.join(','), ['\\Seen'], { uid: true })
        } catch (error) {
          // A folder that takes no flags is read all the same: the cursor knows what was taken.
          if (gone || !client.usable) throw error
        }
      },
      async move(uids, folder) {
        alive()
        await client.messageFlagsAdd(uids.join(','), ['\\Seen'], { uid: true })
        const moved = await client.messageMove(uids.join(','), folder, { uid: true })
        if (moved) return
        alive()
        await client.mailboxCreate(folder)
        if (!(await client.messageMove(uids.join(','), folder, { uid: true })))
          throw Object.assign(new Error('the folder does not exist'), { code: 'NONEXISTENT', responseText: folder })
      },
      async remove(uids) {
        alive()
        if (client.capabilities.has('UIDPLUS')) await client.messageDelete(uids.join(','), { uid: true })
        else await client.messageFlagsAdd(uids.join(','), ['\\Seen', '\\Deleted'], { uid: true })
        alive()
      },
      async waitForMail(pollMs, signal) {
        alive()
        if (arrived || signal.aborted) {
          arrived = false
          return
        }
        const waiting = Promise.withResolvers<void>()
        const resolve = (): void => waiting.resolve()
        const timer = setTimeout(resolve, pollMs)
        wakers.add(resolve)
        signal.addEventListener('abort', resolve)
        // Ends when the next command breaks it; without IDLE on the server the poll alone carries.
        if (client.capabilities.has('IDLE')) client.idle().catch(() => {})
        await waiting.promise
        clearTimeout(timer)
        wakers.delete(resolve)
        signal.removeEventListener('abort', resolve)
        arrived = false
        if (!signal.aborted) alive()
      },
      async [Symbol.asyncDispose]() {
        await endImap(client)
      },
    }
  } catch (error) {
    await endImap(client)
    throw gone && !(error as { authenticationFailed?: boolean }).authenticationFailed ? chosen(error, gone) : error
  }
}

/** The library's own error says more than "connection not available" when both came. */
const chosen = (error: unknown, gone: unknown): unknown =>
  error instanceof Error && !/not available|unexpected close/i.test(error.message) ? error : gone

/** Signs out, or just closes what does not answer. */
export async function endImap(client: ImapFlow): Promise<void> {
  if (!client.usable) {
    client.close()
    return
  }
  const timer = setTimeout(() => client.close(), 2_000)
  await client.logout().catch(() => client.close())
  clearTimeout(timer)
}

/** Signs in and opens the folder. Rejects when that does not work. */
export async function testImap(server: ImapServer, credential: ImapCredential): Promise<void> {
  await using _session = await openImap(server, credential)
}
