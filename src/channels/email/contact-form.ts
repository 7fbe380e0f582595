import { headersOf, type InboundMail, type MailAddress } from './inbound-mail.ts'
import { loopHeader } from './screen-mail.ts'

const programs =
  /^(no-?reply|do-?not-?reply|wordpress|www-?data|web(site|form|master|server)?|forms?|contact(-?form)?|kontakt(formular)?|mailer|cms|typo3|drupal|joomla|shop|apache|nobody)$/i

/**
 * Who asks by a web form: the Reply-To of a mail that a form wrote, though it says of itself that a program sent it. A form is an
 * address that the administrator named, or a program's address (or the desk's own) on a domain of ours. null for any other mail, and
 * for our own automatic mail that came back. Pure.
 */
export function formContact(
  mail: InboundMail,
  options: {
    formSenders: readonly string[]
    ownAddresses: readonly string[]
    isOwnMessageId: (id: string) => boolean
    ownLoopToken: string
  },
): MailAddress | null {
  const from = mail.from?.address.toLowerCase() ?? ''
  if (
    !from ||
    headersOf(mail, loopHeader).includes(options.ownLoopToken) ||
    (mail.messageId !== null && options.isOwnMessageId(mail.messageId))
  )
    return null
  const asks = mail.replyTo.find(({ address }) => {
    const wanted = address.toLowerCase()
    return wanted && wanted !== from && !options.ownAddresses.includes(wanted)
  })
  if (!asks) return null
  if (options.formSenders.includes(from)) return asks
  const [local = '', domain = ''] = [from.slice(0, from.lastIndexOf('@')), from.slice(from.lastIndexOf('@') + 1)]
  const isOurs = options.ownAddresses.some((address) => address.endsWith(`@${domain}`))
  return isOurs && (options.ownAddresses.includes(from) || programs.test(local)) ? asks : null
}
