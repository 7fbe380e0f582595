import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { addMailbox, changeMailbox, removeMailbox } from '#channels/change-mailboxes.ts'
import { watchedMailboxes } from '#channels/fetch-mailbox.ts'
import type { MailboxInput } from '#channels/mailbox-input.ts'
import { beginSignIn, begunSignIn, checkDeviceSignIn, completeSignIn } from '#channels/mailbox-sign-in.ts'
import { keepSignedIn, mailboxToken } from '#channels/mailbox-token.ts'
import { showMailbox } from '#channels/show-mailboxes.ts'
import { egress, openEgress } from '#core/egress.ts'
import { openTestContext, type TestContext } from '../world/context.ts'
import { type SignInServer, startSignInServer } from '../world/sign-in-server.ts'

const RETURN = 'http://desk.example/admin/mailboxes/signed-in'

describe('a mailbox that signs in by OAuth', () => {
  let server: SignInServer
  let ctx: TestContext
  let department: number
  let count = 0

  beforeAll(async () => {
    server = await startSignInServer({ redirectUri: RETURN })
    ctx = await openTestContext(new Date().toISOString())
    ctx.slots.provide(egress, openEgress({ allow: ['127.0.0.1'] }))
    ctx = { ...ctx, actor: { ...ctx.actor, id: 7 } }
    department = (
      await ctx.db
        .insertInto('department')
        .values({ name: 'Support', created_at: ctx.clock.now() })
        .returning('id')
        .executeTakeFirstOrThrow()
    ).id
  })
  afterAll(() => server[Symbol.asyncDispose]())
  beforeEach(() => {
    ctx.clock.set(new Date())
    server.answer(null)
  })

  const input = (
    grant: 'authorization_code' | 'device_code' | 'client_credentials',
    more: Partial<MailboxInput> = {},
    oauth: object = {},
  ): MailboxInput => ({
    address: `box${++count}@desk.example`,
    department,
    imap: { host: '127.0.0.1', port: 143, security: 'none', user: 'support@desk.example', auth: 'oauth' },
    oauth: {
      provider: 'other',
      grant,
      clientId: server.clientId,
      secret: server.secret,
      authority: server.issuer,
      scopes: grant === 'client_credentials' ? 'mail' : 'mail offline_access',
      ...oauth,
    },
    ...more,
  })
  const watched = async (id: number) => (await watchedMailboxes(ctx)).some((one) => one.id === id)
  const signIn = async (id: number, account = 'support@desk.example'): Promise<void> => {
    const begun = await beginSignIn(ctx, id)
    if (begun?.kind !== 'redirect') throw new Error('no page')
    await completeSignIn(ctx, new URL(await server.visit(begun.url, account)).search.slice(1))
  }
  const sealed = (id: number) =>
    ctx.db.selectFrom('mailbox_grant').selectAll().where('mailbox_id', '=', id).executeTakeFirstOrThrow()

  test('signs in by the browser, once and for its own administrator only, and is watched from then on', async () => {
    const { id } = await addMailbox(ctx, input('authorization_code'))
    expect(await watched(id)).toBe(false)
    const begun = await beginSignIn(ctx, id)
    if (begun?.kind !== 'redirect') throw new Error('no page')
    const url = new URL(begun.url)
    expect(url.searchParams.get('code_challenge_method')).toBe('S256')
    expect(url.searchParams.get('redirect_uri')).toBe(RETURN)
    expect(url.searchParams.get('login_hint')).toBe('support@desk.example')

    const back = new URL(await server.visit(begun.url, 'support@desk.example')).search.slice(1)
    const other = { ...ctx, actor: { ...ctx.actor, id: 8 } }
    expect(await begunSignIn(other, id)).toBeNull()
    await expect(completeSignIn(other, back)).rejects.toMatchObject({ key: 'signInStale' })
    await expect(completeSignIn(ctx, back.replace(/state=[^&]+/, `state=${id}.forged`))).rejects.toMatchObject({
      key: 'signInStale',
    })
    await expect(completeSignIn({ ...ctx, actor: { ...ctx.actor, administrator: false } }, back)).rejects.toMatchObject({
      code: 'forbidden',
    })
    expect(await completeSignIn(ctx, back)).toBe(id)
    await expect(completeSignIn(ctx, back)).rejects.toMatchObject({ key: 'signInStale' })

    expect(await watched(id)).toBe(true)
    const { accessToken } = await mailboxToken(ctx, id)
    expect(await server.accountOf(accessToken)).toBe('support@desk.example')
    // Nothing of it can be read in the database or on a page.
    const row = JSON.stringify([await sealed(id), await showMailbox(ctx, id)])
    for (const secret of [accessToken, server.secret]) expect(row).not.toContain(secret)
  })

  test('a sign-in that was begun too long ago is worth nothing, and one that was declined says so', async () => {
    const { id } = await addMailbox(ctx, input('authorization_code'))
    const begun = await beginSignIn(ctx, id)
    if (begun?.kind !== 'redirect') throw new Error('no page')
    const state = new URL(begun.url).searchParams.get('state')!
    ctx.clock.advance(16 * 60)
    await expect(completeSignIn(ctx, `code=x&state=${state}`)).rejects.toMatchObject({ key: 'signInStale' })

    const again = await beginSignIn(ctx, id)
    if (again?.kind !== 'redirect') throw new Error('no page')
    const query = new URLSearchParams({
      error: 'access_denied',
      error_description: 'AADSTS65004: User declined to consent',
      state: new URL(again.url).searchParams.get('state')!,
      iss: server.issuer,
    })
    await expect(completeSignIn(ctx, query.toString())).rejects.toMatchObject({
      key: 'providerRefused',
      detail: { key: 'grantDenied' },
    })
    expect(await watched(id)).toBe(false)
  })

  test('signs in by a code that is typed elsewhere', async () => {
    const { id } = await addMailbox(ctx, input('device_code'))
    const begun = await beginSignIn(ctx, id)
    if (begun?.kind !== 'device') throw new Error('no code')
    expect(begun.verificationUri).toBe(`${server.issuer}/device`)
    expect(await checkDeviceSignIn(ctx, id)).toBe(false)
    expect(await begunSignIn(ctx, id)).toEqual(begun)
    await server.typeCode(begun.userCode, 'support@desk.example')
    expect(await checkDeviceSignIn(ctx, id)).toBe(true)
    expect(await begunSignIn(ctx, id)).toBeNull()
    expect(await server.accountOf((await mailboxToken(ctx, id)).accessToken)).toBe('support@desk.example')
  })

  test('an application signs in for itself', async () => {
    const { id } = await addMailbox(ctx, input('client_credentials'))
    expect(await watched(id)).toBe(true)
    expect(await beginSignIn(ctx, id)).toBeNull()
    const first = await mailboxToken(ctx, id)
    expect(await server.accountOf(first.accessToken)).toBe('application')
    ctx.clock.set(new Date(first.validUntil.getTime() - 100_000))
    expect((await mailboxToken(ctx, id)).accessToken).not.toBe(first.accessToken)
  })

  test('renews ahead of the end, one at a time, and keeps the refresh token that came with it', async () => {
    const { id } = await addMailbox(ctx, input('authorization_code'))
    await signIn(id)
    const first = await mailboxToken(ctx, id)
    const before = (await sealed(id)).refresh_token
    server.asked.length = 0
    ctx.clock.set(new Date(first.validUntil.getTime() - 10_000))
    // The server takes a refresh token once: a second use would withdraw everything.
    const tokens = await Promise.all(Array.from({ length: 8 }, () => mailboxToken(ctx, id)))
    expect(new Set(tokens.map((one) => one.accessToken)).size).toBe(1)
    expect(server.asked).toEqual(['refresh_token'])
    expect((await sealed(id)).refresh_token).not.toBe(before)
    ctx.clock.set(new Date(tokens[0]!.validUntil.getTime() - 10_000))
    await keepSignedIn(ctx)
    expect((await sealed(id)).access_expires_at!.getTime()).toBeGreaterThan(tokens[0]!.validUntil.getTime())
    // A token that the mail server would not take is renewed before its time.
    const rejected = (await mailboxToken(ctx, id)).accessToken
    expect((await mailboxToken(ctx, id, { rejected })).accessToken).not.toBe(rejected)
  })

  test('a node that died while it asked holds nobody up for long', async () => {
    const { id } = await addMailbox(ctx, input('authorization_code'))
    await signIn(id)
    const first = await mailboxToken(ctx, id)
    ctx.clock.set(first.validUntil)
    await ctx.db
      .updateTable('mailbox_grant')
      .set({ lease_until: new Date(ctx.clock.now().getTime() - 1) })
      .where('mailbox_id', '=', id)
      .execute()
    expect((await mailboxToken(ctx, id)).accessToken).not.toBe(first.accessToken)
  })

  test('a refusal is told in plain words, is not asked about at every turn, and ends with the next sign-in', async () => {
    const { id } = await addMailbox(ctx, input('authorization_code'))
    await signIn(id)
    const { validUntil } = await mailboxToken(ctx, id)
    await server.revoke('support@desk.example')
    ctx.clock.set(validUntil)
    server.asked.length = 0
    await expect(mailboxToken(ctx, id)).rejects.toMatchObject({ name: 'OAuthError', key: 'grantRevoked', refused: true })
    await expect(mailboxToken(ctx, id)).rejects.toMatchObject({ key: 'grantRevoked' })
    expect(server.asked).toHaveLength(1)
    expect((await showMailbox(ctx, id)).grant).toMatchObject({
      refusedAt: ctx.clock.now(),
      refusal: { key: 'grantRevoked', provider: new URL(server.issuer).host },
    })
    ctx.clock.advance(601)
    await expect(mailboxToken(ctx, id)).rejects.toMatchObject({ key: 'grantRevoked' })
    expect(server.asked).toHaveLength(2)
    await signIn(id)
    expect((await showMailbox(ctx, id)).grant).toMatchObject({ refusedAt: null, refusal: null })
    await mailboxToken(ctx, id)
  })

  test('trouble at the provider is no refusal: the next call asks again, and a token that is still good serves meanwhile', async () => {
    const { id } = await addMailbox(ctx, input('authorization_code'))
    await signIn(id)
    const first = await mailboxToken(ctx, id)
    server.answer({ status: 503, body: { error: 'temporarily_unavailable' } })
    ctx.clock.set(new Date(first.validUntil.getTime() - 120_000))
    expect((await mailboxToken(ctx, id)).accessToken).toBe(first.accessToken)
    ctx.clock.set(first.validUntil)
    await expect(mailboxToken(ctx, id)).rejects.toMatchObject({ key: 'grantUnavailable', refused: false })
    expect((await showMailbox(ctx, id)).grant?.refusal).toBeNull()
    server.answer(null)
    await mailboxToken(ctx, id)
  })

  test('a secret that has expired is named, and a new one mends it without another sign-in', async () => {
    const given = input('authorization_code')
    const { id } = await addMailbox(ctx, given)
    await signIn(id)
    ctx.clock.set((await mailboxToken(ctx, id)).validUntil)
    server.answer({
      status: 401,
      body: { error: 'invalid_client', error_description: 'AADSTS7000222: The provided client secret keys are expired.' },
    })
    await expect(mailboxToken(ctx, id)).rejects.toMatchObject({ key: 'grantSecretExpired', refused: true })
    server.answer(null)
    await changeMailbox(ctx, id, given)
    await mailboxToken(ctx, id)
    expect((await showMailbox(ctx, id)).grant?.refusal).toBeNull()
  })

  test('secrets and tokens go to nobody but whom they were given for', async () => {
    const given = input('authorization_code')
    const { id } = await addMailbox(ctx, given)
    await signIn(id)
    const withoutSecret = (oauth: object, more: Partial<MailboxInput> = {}): MailboxInput => {
      const { secret: _secret, ...rest } = given.oauth!
      return { ...given, ...more, oauth: { ...rest, ...oauth } }
    }
    // The same again keeps all.
    await changeMailbox(ctx, id, withoutSecret({}))
    await mailboxToken(ctx, id)
    // Another sign-in server, and another mail server: neither sees the stored secret or a token.
    for (const change of [
      withoutSecret({ authority: 'https://elsewhere.example' }),
      withoutSecret({}, { imap: { ...given.imap!, host: 'elsewhere.example' } }),
    ]) {
      const box = await addMailbox(ctx, { ...given, address: `copy${++count}@desk.example` })
      await signIn(box.id)
      await changeMailbox(ctx, box.id, { ...change, address: `copy${count}@desk.example` })
      expect(await sealed(box.id)).toMatchObject({
        client_secret: null,
        access_token: null,
        refresh_token: null,
        signed_in_at: null,
      })
      expect(await watched(box.id)).toBe(false)
    }
    const missing = await addMailbox(ctx, withoutSecret({ grant: 'client_credentials' }, { address: 'm@desk.example' })).catch(
      (error: unknown) => error,
    )
    expect(missing).toMatchObject({ problems: [{ pointer: '/oauth/secret', key: 'required' }] })
    await removeMailbox(ctx, id)
    expect(await ctx.db.selectFrom('mailbox_grant').where('mailbox_id', '=', id).selectAll().execute()).toEqual([])
  })
})
