import { describe, expect, test } from 'vitest'
import { microsoftCommands, type Tenant } from './microsoft-commands.ts'

const tenant: Tenant = {
  mailbox: 'support@desk.example',
  tenant: 'desk.onmicrosoft.com',
  clientId: '7e0cc0c5-0000-4000-8000-000000000001',
  access: 'graph',
  grant: 'client_credentials',
  returnAddress: 'https://help.desk.example/admin/mailboxes/signed-in',
}

const textOf = (given: Partial<Tenant>): string =>
  microsoftCommands({ ...tenant, ...given })
    .flatMap((step) => step.lines)
    .join('\n')

describe('the commands of a tenant', () => {
  test('limit an application of Graph to the one mailbox', () => {
    const text = textOf({})
    expect(text).toContain(
      'New-ApplicationAccessPolicy -AppId "7e0cc0c5-0000-4000-8000-000000000001" -PolicyScopeGroupId "tessera-mailboxes"',
    )
    expect(text).toContain('-Members "support@desk.example"')
    expect(text).not.toContain('New-ServicePrincipal')
  })

  test('make a service principal of an application by IMAP, and open the mailbox to it', () => {
    const text = textOf({ access: 'imap_smtp' })
    expect(text).toContain('New-ServicePrincipal -AppId "7e0cc0c5-0000-4000-8000-000000000001" -ObjectId $objectId')
    expect(text).toContain('Add-MailboxPermission -Identity "support@desk.example" -User $objectId -AccessRights FullAccess')
  })

  test('name the way back only where there is one, and the public client only for a code', () => {
    expect(textOf({ grant: 'authorization_code' })).toContain(
      '--web-redirect-uris "https://help.desk.example/admin/mailboxes/signed-in"',
    )
    expect(textOf({ grant: 'device_code' })).toContain('--is-fallback-public-client true')
    expect(textOf({ grant: 'device_code' })).not.toContain('redirect-uris')
  })

  test('carry nothing that a shell would read as its own', () => {
    for (const evil of ['"; rm -rf / #', '$(id)', '`id`', "x' -or 1", 'a b', 'x\ny', '"$env:X"']) {
      const text = textOf({ mailbox: evil, tenant: evil, clientId: evil, returnAddress: evil })
      expect(text).not.toContain(evil)
      expect(text).toContain('MAILBOX')
    }
  })
})
