import { dnsError, type MailResolver } from '#channels/mail-dns.ts'

/** A world without name servers: every name is unknown. No test asks the network. */
export const noNames: MailResolver = async (name) => {
  throw dnsError('ENOTFOUND', name)
}

/** Answers from a table: `TXT selector._domainkey.example` → what it holds. */
export const namesFrom =
  (answers: Record<string, readonly unknown[]>): MailResolver =>
  async (name, type) => {
    const found = answers[`${type} ${name.toLowerCase()}`]
    if (!found) throw dnsError('ENOTFOUND', name)
    return [...found]
  }
