import { describe, expect, it } from 'vitest'
import { mail as words } from '#i18n/en/mail.ts'
import { parsedOwn } from '../../../tests/mail/own-mail.ts'
import { parseMail } from './parse-mail.ts'
import { parseAuthenticationResults, senderVerdict, verdictReasons } from './sender-verdict.ts'

const trusted = { trustedAuthservIds: ['mx.desk.example'] }
const mailWith = (results: string, from = 'kim@shop.example') =>
  parseMail(Buffer.from(`${results ? `Authentication-Results: ${results}\n` : ''}From: ${from}\n\nHi\n`))

describe('senderVerdict', () => {
  it('has a sentence for every reason, and none for what is no reason', () => {
    expect(Object.keys(words.verdict).sort()).toEqual([...verdictReasons].sort())
  })

  it.each([
    ['mx.desk.example; dmarc=pass header.from=shop.example', 'verified', 'dmarc_pass'],
    ['mx.desk.example; dkim=pass header.d=shop.example', 'verified', 'dkim_aligned'],
    ['mx.desk.example; dkim=pass (good) header.i=@mail.shop.example', 'verified', 'dkim_aligned'],
    ['mx.desk.example; spf=pass smtp.mailfrom=bounce@shop.example', 'verified', 'spf_aligned'],
    ['mx.desk.example; dkim=pass header.d=other.example; spf=pass smtp.mailfrom=other.example', 'not_verified', 'not_aligned'],
    ['mx.desk.example; dmarc=fail header.from=shop.example; spf=pass smtp.mailfrom=shop.example', 'failed', 'dmarc_fail'],
    ['mx.desk.example; dkim=fail header.d=shop.example', 'not_verified', 'signature_broken'],
    ['mx.desk.example; none', 'not_verified', 'not_aligned'],
    ['mx.elsewhere.example; dmarc=pass header.from=shop.example', 'not_verified', 'no_results'],
    ['', 'not_verified', 'no_results'],
  ])('%s', (results, verdict, reason) => {
    expect(senderVerdict(mailWith(results), trusted)).toMatchObject({ verdict, reason })
  })

  it('believes only the topmost field', () => {
    expect(senderVerdict(parsedOwn('forged-authentication-results'), trusted)).toMatchObject({
      verdict: 'failed',
      reason: 'dmarc_fail',
    })
  })

  it('reads no result out of a comment or a quoted string', () => {
    expect(senderVerdict(mailWith('mx.desk.example; spf=none (; dmarc=pass header.from=shop.example)'), trusted).verdict).toBe(
      'not_verified',
    )
    expect(senderVerdict(mailWith('mx.desk.example; spf=none reason="; dmarc=pass"'), trusted).verdict).toBe('not_verified')
  })

  it('never verifies a mail with two senders or none', () => {
    expect(
      senderVerdict(parsedOwn('two-from-headers'), {
        ...trusted,
        ownCheck: { dkim: [], dmarc: { result: 'pass', policy: 'none' } },
      }).reason,
    ).toBe('ambiguous_from')
    expect(senderVerdict(parseMail(Buffer.from('Subject: x\n\nx')), trusted).reason).toBe('no_from')
  })

  it('takes a check of its own', () => {
    expect(
      senderVerdict(mailWith(''), { trustedAuthservIds: [], ownCheck: { dkim: [{ domain: 'SHOP.example', result: 'pass' }] } })
        .verdict,
    ).toBe('verified')
  })

  it('calls a vouched-for hand-over internal, for that address alone', () => {
    expect(senderVerdict(mailWith(''), { trustedAuthservIds: [], authenticatedAs: 'kim@shop.example' }).verdict).toBe('internal')
    expect(senderVerdict(mailWith(''), { trustedAuthservIds: [], authenticatedAs: 'ada@shop.example' }).verdict).toBe(
      'not_verified',
    )
  })

  it('says nothing about an address that stands only in Reply-To', () => {
    const mail = mailWith('mx.desk.example; dmarc=pass header.from=evil.example', 'mallory@evil.example')
    expect(senderVerdict(mail, { ...trusted, contact: { address: 'kim@shop.example' } })).toMatchObject({
      verdict: 'not_verified',
      reason: 'answers_elsewhere',
    })
    expect(senderVerdict(mail, { ...trusted, contact: { address: 'Mallory@evil.example' } }).verdict).toBe('verified')
  })

  it('does not let a registry vouch for a company', () => {
    expect(senderVerdict(mailWith('mx.desk.example; dkim=pass header.d=co.uk', 'kim@shop.co.uk'), trusted).verdict).toBe(
      'not_verified',
    )
    expect(senderVerdict(mailWith('mx.desk.example; dkim=pass header.d=example', 'kim@shop.example'), trusted).verdict).toBe(
      'not_verified',
    )
  })
})

it('reads a field as RFC 8601 writes it', () => {
  expect(
    parseAuthenticationResults(
      'MX.desk.example 1; spf=pass (a (nested) comment) smtp.mailfrom = "kim@shop.example"; dkim/1=pass header.d=shop.example',
    ),
  ).toEqual({
    authservId: 'mx.desk.example',
    results: [
      { method: 'spf', result: 'pass', properties: { 'smtp.mailfrom': 'kim@shop.example' } },
      { method: 'dkim', result: 'pass', properties: { 'header.d': 'shop.example' } },
    ],
  })
})
