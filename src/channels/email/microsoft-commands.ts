import type { OAuthGrant } from './oauth-settings.ts'

export interface Tenant {
  /** The mailbox. */
  mailbox: string
  tenant: string
  clientId: string
  access: 'graph' | 'imap_smtp'
  grant: OAuthGrant
  /** Where the browser comes back to. */
  returnAddress: string
}

/** A step an administrator of the directory takes: its heading's key, and what to type. */
export interface CommandStep {
  /** Under `admin.oauth.step`. */
  key: 'register' | 'permissions' | 'servicePrincipal' | 'mailboxPermission' | 'limit' | 'smtp'
  lines: string[]
}

/** Microsoft's own ids of the application permissions (learn.microsoft.com/graph/permissions-reference). */
const GRAPH_APP = '00000003-0000-0000-c000-000000000000'
const MAIL_READ_WRITE = 'e2a3a72e-5f79-4c64-b1b1-878b674786c9'
const MAIL_SEND = 'b633e1c5-b582-4048-a93e-9f11b44c7e96'

/** In quotes of a shell or of PowerShell nothing but these is what it looks like. */
const plain = (text: string, otherwise: string): string => (/^[\w.@:/+-]+$/.test(text) ? text : otherwise)

/**
 * What an administrator of a Microsoft tenant types so that this mailbox, and no other, is open to the desk's application: Azure CLI
 * for the registration, Exchange Online PowerShell for the mailbox. Filled in; values that could mean something else in a shell are
 * left as a placeholder. Pure.
 */
export function microsoftCommands(given: Tenant): CommandStep[] {
  const mailbox = plain(given.mailbox, 'MAILBOX')
  const tenant = plain(given.tenant, 'TENANT')
  const clientId = plain(given.clientId, 'CLIENT-ID')
  const back = plain(given.returnAddress, 'RETURN-ADDRESS')
  const isApplication = given.grant === 'client_credentials'
  const steps: CommandStep[] = [
    {
      key: 'register',
      lines: [
        `az login --tenant ${tenant} --allow-no-subscriptions`,
        `az ad app create --display-name "Tessera" --sign-in-audience AzureADMyOrg${
          given.grant === 'authorization_code' ? ` --web-redirect-uris "${back}"` : ''
        }${given.grant === 'device_code' ? ' --is-fallback-public-client true' : ''}`,
        ...(given.grant === 'device_code' ? [] : [`az ad app credential reset --id ${clientId} --years 1`]),
        `az ad sp create --id ${clientId}`,
      ],
    },
  ]
  if (!isApplication) return steps
  const exchange = [`Connect-ExchangeOnline -Organization "${tenant}"`]
  if (given.access === 'graph') {
    steps.push({
      key: 'permissions',
      lines: [
        `az ad app permission add --id ${clientId} --api ${GRAPH_APP} --api-permissions ${MAIL_READ_WRITE}=Role ${MAIL_SEND}=Role`,
        `az ad app permission admin-consent --id ${clientId}`,
      ],
    })
    steps.push({
      key: 'limit',
      lines: [
        ...exchange,
        `New-DistributionGroup -Name "Tessera mailboxes" -Alias tessera-mailboxes -Type Security -Members "${mailbox}"`,
        `New-ApplicationAccessPolicy -AppId "${clientId}" -PolicyScopeGroupId "tessera-mailboxes" -AccessRight RestrictAccess -Description "Tessera reads these mailboxes only"`,
        `Test-ApplicationAccessPolicy -Identity "${mailbox}" -AppId "${clientId}"`,
      ],
    })
    return steps
  }
  steps.push({
    key: 'servicePrincipal',
    lines: [
      `$objectId = az ad sp show --id ${clientId} --query id --output tsv`,
      ...exchange,
      `New-ServicePrincipal -AppId "${clientId}" -ObjectId $objectId -DisplayName "Tessera"`,
    ],
  })
  steps.push({
    key: 'mailboxPermission',
    lines: [`Add-MailboxPermission -Identity "${mailbox}" -User $objectId -AccessRights FullAccess`],
  })
  steps.push({
    key: 'smtp',
    lines: [
      `Add-RecipientPermission -Identity "${mailbox}" -Trustee $objectId -AccessRights SendAs -Confirm:$false`,
      `Set-CASMailbox -Identity "${mailbox}" -SmtpClientAuthenticationDisabled $false`,
    ],
  })
  return steps
}
