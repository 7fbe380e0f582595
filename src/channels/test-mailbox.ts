import type { z } from 'zod'
import type { Context } from '#core/context.ts'
import { egress } from '#core/egress.ts'
import { forbidden } from '#core/errors.ts'
import { graphHost, openGraph } from './email/graph-session.ts'
import { testImap } from './email/imap-session.ts'
import { applicationTokens } from './email/oauth-client.ts'
import { isSameClient, OAuthSettings, scopesOf } from './email/oauth-settings.ts'
import { testPop3 } from './email/pop3-session.ts'
import { testSmtp } from './email/smtp-send.ts'
import { type MailboxGrant, readGrant } from './mailbox-grant-store.ts'
import { type ImapServer, MailboxInput } from './mailbox-input.ts'
import { type MailboxRow, mailboxPasswords, mailboxRows } from './mailbox-store.ts'
import { mailboxToken } from './mailbox-token.ts'
import { type Trouble, troubleOf } from './trouble.ts'

export type TestResult = { ok: true } | { ok: false; trouble: Trouble }

type Given = z.output<typeof MailboxInput>

/**
 * Connects and signs in as the settings say, fetches and sends nothing. With `id`, passwords that are not given are those stored,
 * for the same server only. Errors: Forbidden. null: that half is not used, or waits for somebody to sign in.
 */
export async function testMailbox(
  ctx: Context,
  input: MailboxInput,
  id: number | null = null,
): Promise<{ imap: TestResult | null; smtp: TestResult | null; graph: TestResult | null }> {
  if (!ctx.actor.administrator) throw forbidden()
  const given = MailboxInput.parse(input)
  const before = id === null ? undefined : (await mailboxRows(ctx, id))[0]
  const stored = before ? await mailboxPasswords(ctx, before.id) : { imap: '', smtp: '' }
  const { imap, smtp, graph } = given
  const token = await tokenFor(ctx, given, before)
  const run = async (server: { host: string; port: number }, test: () => Promise<void>): Promise<TestResult> => {
    try {
      await test()
      return { ok: true }
    } catch (error) {
      return { ok: false, trouble: troubleOf(error, server) }
    }
  }
  const byToken = async (test: (accessToken: string) => Promise<void>): Promise<void> => test(await token!())
  const [imapResult, smtpResult, graphResult] = await Promise.all([
    !imap
      ? null
      : imap.auth === 'oauth'
        ? token && run(imap, () => byToken((accessToken) => testImap(imap, { accessToken })))
        : run(imap, () => testFetching(imap, imap.password ?? (before?.imap?.host === imap.host ? stored.imap : ''))),
    !smtp
      ? null
      : smtp.auth === 'oauth'
        ? token && run(smtp, () => byToken((accessToken) => testSmtp(smtp, { accessToken })))
        : run(smtp, () => testSmtp(smtp, smtp.password ?? (before?.smtp?.host === smtp.host ? stored.smtp : ''))),
    graph &&
      token &&
      run({ host: graphHost(graph), port: 443 }, () =>
        byToken(async (accessToken) => {
          const session = await openGraph({ egress: ctx.slots.use(egress), settings: graph, token: async () => accessToken })
          await session.page(null, ctx.clock.now())
        }),
      ),
  ])
  return { imap: imapResult, smtp: smtpResult, graph: graphResult }
}

/** Where a token for the test comes from: once, for both halves. null while nobody has signed in for just these settings. */
async function tokenFor(ctx: Context, given: Given, before: MailboxRow | undefined): Promise<(() => Promise<string>) | null> {
  if (!given.oauth) return null
  const { secret: typed, secretExpiresOn: _day, ...rest } = given.oauth
  const settings = OAuthSettings.parse(rest)
  const grant = before ? await readGrant(ctx, before.id) : null
  const account = given.graph?.user ?? given.imap?.user ?? given.smtp?.user ?? given.address
  if (settings.grant === 'client_credentials') {
    const secret = typed || (before && goesTo(given, before, grant, settings) ? grant!.secret : '')
    if (!secret) return null
    const scopes = scopesOf(settings, given.graph ? 'graph' : 'imap_smtp', given.graph?.endpoint)
    const client = { egress: ctx.slots.use(egress), settings, secret, scopes }
    return once(async () => (await applicationTokens(client, account, ctx.clock.now())).accessToken)
  }
  if (!before || !grant?.refreshToken || !goesTo(given, before, grant, settings)) return null
  return once(async () => (await mailboxToken(ctx, before.id)).accessToken)
}

/** What is stored is shown to the same application and the same servers only. */
const goesTo = (given: Given, before: MailboxRow, grant: MailboxGrant | null, settings: OAuthSettings): boolean =>
  grant !== null &&
  isSameClient(grant.settings, settings) &&
  grant.settings.grant === settings.grant &&
  before.imap?.host === given.imap?.host &&
  before.smtp?.host === given.smtp?.host &&
  before.graph?.endpoint === given.graph?.endpoint

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | null = null
  return () => {
    running ??= work()
    return running
  }
}

const testFetching = (server: ImapServer, password: string): Promise<void> =>
  server.protocol === 'pop3' ? testPop3(server, password) : testImap(server, password)
