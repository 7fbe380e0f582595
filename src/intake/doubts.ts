import type { InboundMail, MailAddress } from '#channels/email/inbound-mail.ts'
import type { Screening } from '#channels/email/screen-mail.ts'
import type { Verdict } from '#channels/email/sender-verdict.ts'
import { countForLoops } from '#channels/fuses.ts'
import type { Envelope } from '#channels/receive-raw.ts'
import type { Context } from '#core/context.ts'
import { findBan } from '#people/bans.ts'
import { findAgentByEmail } from '#people/directory.ts'
import { standingOf } from '#people/known-senders.ts'
import { readSettings } from '#settings/settings.ts'
import type { LandingFacts } from '#threads/landing.ts'

export interface Doubts {
  facts: Pick<LandingFacts, 'spamFlagged' | 'senderBanned' | 'standing' | 'claimsAgent' | 'loopStopped' | 'policy'>
  /** The ban that meets the sender. */
  ban: number | null
}

/** What speaks against a mail, gathered before the transaction that places it; nothing when a person takes it out of suspension. */
export async function doubtsOf(
  ctx: Context,
  input: {
    mail: InboundMail
    screening: Screening
    verdict: Verdict
    sender: MailAddress | null
    envelope: Envelope
    take: boolean
  },
): Promise<Doubts> {
  const { mail, screening, verdict, sender } = input
  const settings = await readSettings(ctx)
  const policy: LandingFacts['policy'] = {
    banned: settings['mail.onBanned'],
    failed: settings['mail.onFailed'],
    spam: settings['mail.onSpam'],
    agentClaim: settings['mail.onAgentClaim'],
  }
  if (input.take) {
    return {
      facts: { spamFlagged: false, senderBanned: false, standing: 'trusted', claimsAgent: false, loopStopped: false, policy },
      ban: null,
    }
  }
  const from = mail.from?.address ?? ''
  let ban: number | null = null
  for (const address of [from, sender?.address, input.envelope.from]) {
    if (!address || ban !== null) continue
    ban = (await findBan(ctx, address))?.id ?? null
  }
  const standing = (await standingOf(ctx, from)) ?? (sender ? await standingOf(ctx, sender.address) : null)
  const proven = verdict === 'verified' || verdict === 'internal'
  const counts = (screening.kind === 'message' || screening.kind === 'auto_reply') && input.envelope.silent !== true
  return {
    facts: {
      spamFlagged: screening.spamFlagged,
      senderBanned: ban !== null,
      standing,
      claimsAgent: from !== '' && !proven && (await findAgentByEmail(ctx, from)) !== null,
      loopStopped: counts && sender !== null && (await countForLoops(ctx, { sender: sender.address, subject: mail.subject })),
      policy,
    },
    ban,
  }
}
