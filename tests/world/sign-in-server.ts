import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'

export interface SignInServer extends AsyncDisposable {
  readonly issuer: string
  /** The one application it knows. */
  readonly clientId: string
  readonly secret: string
  readonly introspectionUrl: string
  /** Requests to the token endpoint, by grant type. */
  readonly asked: string[]
  /** Whose an access token is, or null when it is none that is good. */
  accountOf(accessToken: string): Promise<string | null>
  /** What a browser does that is sent to the page: signs in as `account`, agrees, and comes back. Returns the address it is sent to. */
  visit(url: string, account: string): Promise<string>
  /** Who sits at a browser that is sent to the page from now on. */
  seat(account: string): void
  /** What a person does who types a device's code. */
  typeCode(userCode: string, account: string): Promise<void>
  /** Makes one access token worth nothing; what it was renewed with stays good. */
  withdraw(accessToken: string): Promise<void>
  /** Withdraws everything that was given for an account. */
  revoke(account: string): Promise<void>
  /** Answers the next token requests like this instead, until null. */
  answer(answer: { status: number; body: object } | null): void
}

/** A real OAuth 2.0 and OpenID Connect server on this machine, for one application. */
export async function startSignInServer(options: { redirectUri: string; accessSeconds?: number }): Promise<SignInServer> {
  const [clientId, secret] = ['tessera-test', 'the-client-secret-of-the-test']
  const server = http.createServer()
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const asked: string[] = []
  let instead: { status: number; body: object } | null = null
  let visitor = ''

  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        client_secret: secret,
        token_endpoint_auth_method: 'client_secret_post',
        redirect_uris: [options.redirectUri],
        grant_types: [
          'authorization_code',
          'refresh_token',
          'client_credentials',
          'urn:ietf:params:oauth:grant-type:device_code',
        ],
        response_types: ['code'],
      },
      {
        client_id: 'mail-server',
        client_secret: 'the-mail-server-asks',
        token_endpoint_auth_method: 'client_secret_basic',
        introspection_endpoint_auth_method: 'client_secret_basic',
        redirect_uris: [],
        response_types: [],
        grant_types: [],
      } as never,
    ],
    features: {
      devInteractions: { enabled: false },
      deviceFlow: { enabled: true },
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: () => true },
    },
    scopes: ['offline_access', 'mail'],
    findAccount: (_ctx, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
    issueRefreshToken: async () => true,
    rotateRefreshToken: true,
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    ttl: {
      AccessToken: options.accessSeconds ?? 3600,
      ClientCredentials: options.accessSeconds ?? 3600,
      AuthorizationCode: 60,
      DeviceCode: 600,
      RefreshToken: 86_400,
      Grant: 86_400,
      Interaction: 600,
      Session: 86_400,
    },
    cookies: { keys: ['a', 'b'] },
    jwks: undefined as never,
  })
  const grantFor = async (account: string): Promise<string> => {
    const grant = new provider.Grant({ accountId: account, clientId })
    grant.addOIDCScope('mail offline_access')
    return grant.save()
  }
  const grants = new Map<string, string[]>()
  const granted = async (account: string): Promise<string> => {
    const id = await grantFor(account)
    grants.set(account, [...(grants.get(account) ?? []), id])
    return id
  }

  const callback = provider.callback()
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    // At the places where Microsoft has them, too.
    request.url = (request.url ?? '/').replace(
      /^\/[^/]+\/oauth2\/v2\.0\/(authorize|token|devicecode)/,
      (_, end: string) => ({ authorize: '/auth', token: '/token', devicecode: '/device/auth' })[end]!,
    )
    const path = new URL(request.url, issuer).pathname
    if (path.startsWith('/interaction/')) {
      void (async () => {
        await provider.interactionDetails(request, response)
        await provider.interactionFinished(request, response, {
          login: { accountId: visitor },
          consent: { grantId: await granted(visitor) },
        })
      })()
      return
    }
    if (path === '/token') {
      // Read beside the provider, which reads it too.
      const parts: Buffer[] = []
      request.on('data', (part: Buffer) => parts.push(part))
      request.on('end', () => asked.push(new URLSearchParams(Buffer.concat(parts).toString()).get('grant_type') ?? ''))
      if (instead) {
        const { status, body } = instead
        request.on('end', () => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)))
        return
      }
    }
    void callback(request, response)
  })

  return {
    issuer,
    clientId,
    secret,
    introspectionUrl: `${issuer.replace('http://', 'http://mail-server:the-mail-server-asks@')}/token/introspection`,
    asked,
    async accountOf(token) {
      const access = await provider.AccessToken.find(token)
      if (access?.isValid) return access.accountId
      const application = await provider.ClientCredentials.find(token)
      return application?.isValid ? 'application' : null
    },
    async visit(url, account) {
      visitor = account
      const cookies = new Map<string, string>()
      let at = url
      for (let hops = 0; hops < 10; hops++) {
        const answer = await fetch(at, {
          redirect: 'manual',
          headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
        })
        for (const cookie of answer.headers.getSetCookie()) {
          const [pair = ''] = cookie.split(';')
          cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
        }
        const next = answer.headers.get('location')
        if (!next) throw new Error(`the page answered ${answer.status}: ${(await answer.text()).slice(0, 300)}`)
        at = new URL(next, at).href
        if (at.startsWith(options.redirectUri)) return at
      }
      throw new Error('never came back')
    },
    seat(account) {
      visitor = account
    },
    async typeCode(userCode, account) {
      const code = await provider.DeviceCode.findByUserCode(userCode.replace(/[^A-Z0-9]/gi, ''), { ignoreExpiration: true })
      if (!code) throw new Error('no such code')
      Object.assign(code, {
        accountId: account,
        grantId: await granted(account),
        scope: 'mail offline_access',
        authTime: Math.floor(Date.now() / 1000),
      })
      await code.save()
    },
    async withdraw(token) {
      await (await provider.AccessToken.find(token))?.destroy()
    },
    async revoke(account) {
      for (const id of grants.get(account) ?? []) {
        await (await provider.Grant.find(id))?.destroy()
        await provider.RefreshToken.revokeByGrantId(id)
        await provider.AccessToken.revokeByGrantId(id)
      }
    },
    answer(next) {
      instead = next
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}
