import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import {
  axeInBoth,
  type BuiltDesk,
  canBrowse,
  type Eyes,
  openEyes,
  overflowsAt320,
  shoot,
  startBuiltDesk,
} from '../world/browser.ts'
import { type SignInServer, startSignInServer } from '../world/sign-in-server.ts'

// A journey is long, and longer on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

const password = 'grinder smells burnt'

describe.skipIf(!canBrowse)('a mailbox that signs in without a password', () => {
  let desk: BuiltDesk
  let eyes: Eyes
  let server: SignInServer
  let page: Page
  const found: string[] = []

  const look = async (name: string): Promise<void> => {
    found.push(...(await axeInBoth(page)))
    if (await overflowsAt320(page)) found.push(`${name} is wider than 320 px`)
    await shoot(page, name)
  }

  beforeAll(async () => {
    desk = await startBuiltDesk({ EGRESS_ALLOW: '127.0.0.1' })
    server = await startSignInServer({ redirectUri: `${desk.url}/admin/mailboxes/signed-in` })
    eyes = await openEyes()
    ;({ page } = await eyes.open())
    await page.goto(desk.setupLink!)
    await page.getByLabel('Name of the desk').fill('Harbour Coffee')
    await page.getByLabel('Public address').fill(desk.url)
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByLabel('Your name').fill('Ada Lovelace')
    await page.getByLabel('Your e-mail address').fill('ada@harbour.example')
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByLabel('Password, again').fill(password)
    await page.getByRole('button', { name: 'Create administrator' }).click()
    await page.waitForURL('**/setup/mailbox')
    return () => server[Symbol.asyncDispose]()
  }, 120_000)

  test('by the browser: there and back', async () => {
    await page.goto(`${desk.url}/admin/mailboxes?edit=new`)
    await page.getByRole('link', { name: 'Another provider' }).click()
    await page.getByLabel('E-mail address of the mailbox').fill('support@harbour.example')
    await page.getByLabel('Application (client) id').fill(server.clientId)
    await page.getByLabel('Issuer').fill('http://login.example')
    await page.getByLabel('IMAP: Server').fill('127.0.0.1')
    await page.getByLabel('SMTP: Server').fill('127.0.0.1')
    await page.getByRole('button', { name: 'Save and go on to the sign-in' }).click()
    // A bad address is said at its field, and what was typed stays.
    expect(await page.textContent('main')).toContain('Please give an https address')
    expect(await page.getByLabel('Application (client) id').inputValue()).toBe(server.clientId)
    await look('oauth-other-error')
    await page.getByLabel('Issuer').fill(server.issuer)
    await page.getByLabel('Client secret', { exact: true }).fill(server.secret)
    await page.getByLabel('Scopes').fill('mail offline_access')
    await page.getByRole('button', { name: 'Save and go on to the sign-in' }).click()
    await page.getByText('Nobody has signed in yet').waitFor()
    expect(await page.content()).not.toContain(server.secret)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('link', { name: /Continue to/ }).waitFor()
    await look('oauth-continue')
    server.seat('support@harbour.example')
    await page.getByRole('link', { name: /Continue to/ }).click()
    await page.waitForURL('**/admin/mailboxes/oauth/other?edit=*&done=signedIn')
    expect(await page.textContent('main')).toContain('Signed in. The mailbox is fetched from now on.')
    const back = await page.request.get(`${desk.url}/admin/mailboxes/signed-in?code=x&state=1.x`)
    expect(await back.text()).toContain('This sign-in was begun too long ago')
  })

  test('by a code, and a refusal says what happened and what to do', async () => {
    await page.getByLabel('A person, by a code').check()
    await page.getByLabel('Client secret', { exact: true }).fill(server.secret)
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('Nobody has signed in yet').waitFor()
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('type this code').waitFor()
    await look('oauth-code')
    await page.getByRole('button', { name: 'I have typed the code' }).click()
    await page.getByText('The provider has not seen the code yet').waitFor()
    const code = (await page.locator('p.font-mono').textContent())!
    await server.typeCode(code, 'support@harbour.example')
    await page.getByRole('button', { name: 'I have typed the code' }).click()
    await page.waitForURL('**done=signedIn')

    await desk.sql(
      `update mailbox_grant set refused_at = now() - interval '20 minutes', checked_at = now(),
        refusal = '{"key":"grantSecretExpired","provider":"Microsoft","detail":"AADSTS7000222: The provided client secret keys are expired."}'`,
    )
    await page.reload()
    await page.getByText('the client secret has expired').waitFor()
    expect(await page.textContent('main')).toContain('No mail is lost: new mail stays in the mailbox.')
    await page.getByRole('button', { name: 'Sign in again' }).waitFor()
    await look('oauth-refused')
  })

  test('the page of Microsoft prints the commands of the tenant', async () => {
    await page.goto(`${desk.url}/admin/mailboxes/oauth/microsoft?edit=new`)
    await look('oauth-microsoft-new')
    await page.getByLabel('E-mail address of the mailbox').fill('help@harbour.example')
    await page.getByLabel('Directory (tenant)').fill('harbour.onmicrosoft.com')
    await page.getByLabel('Application (client) id').fill('7e0cc0c5-0000-4000-8000-000000000001')
    await page.getByLabel('Client secret', { exact: true }).fill('a-secret')
    await page.getByLabel('The application itself').check()
    await page.getByText('National cloud').click()
    await page.getByLabel('Sign-in address').fill(server.issuer)
    await page.getByRole('button', { name: 'Save and go on to the sign-in' }).click()
    await page.getByText('Microsoft refused the sign-in: the client secret is wrong').waitFor()
    await look('oauth-microsoft-refused')
    await page.getByLabel('Client secret', { exact: true }).fill('a-secret')
    await page.getByRole('button', { name: 'Save without a successful test' }).click()
    await page.getByText('-PolicyScopeGroupId "tessera-mailboxes"').waitFor()
    expect(await page.textContent('main')).toContain('-Members "help@harbour.example"')
    await look('oauth-microsoft-saved')
    await page.goto(`${desk.url}/admin/mailboxes/oauth/google?edit=new`)
    await look('oauth-google')
    await page.goto(`${desk.url}/admin/mailboxes`)
    await look('oauth-mailboxes')
  })

  test('nothing is in the way of anybody', () => {
    expect(found).toEqual([])
    expect(eyes.complaints).toEqual([])
  })
})
