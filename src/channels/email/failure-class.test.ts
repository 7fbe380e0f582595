import { expect, it } from 'vitest'
import { classifyFailure } from './failure-class.ts'

it.each([
  [
    { responseCode: 550, response: '550 5.1.1 <a@x.example>: Recipient address rejected: User unknown', command: 'RCPT TO' },
    'final',
    'unknown_address',
  ],
  [{ responseCode: 552, response: '552 5.2.2 Mailbox full', command: 'RCPT TO' }, 'try_again', 'mailbox_full'],
  [{ responseCode: 452, response: '452 4.2.2 over quota', command: 'RCPT TO' }, 'try_again', 'mailbox_full'],
  [{ responseCode: 450, response: '450 4.2.0 Greylisted, try again later' }, 'try_again', 'greylisted'],
  [{ responseCode: 421, response: '421 4.7.0 Too many connections' }, 'try_again', 'rate_limited'],
  [{ responseCode: 451, response: '451 4.3.0 Temporary lookup failure' }, 'try_again', 'server_trouble'],
  [{ responseCode: 552, response: '552 5.3.4 Message size exceeds fixed limit' }, 'final', 'message_too_large'],
  [{ responseCode: 554, response: '554 5.7.1 Relay access denied', command: 'RCPT TO' }, 'ask_administrator', 'relay_refused'],
  [{ responseCode: 550, response: '550 5.7.1 Message rejected as spam', command: 'DATA' }, 'final', 'rejected_as_spam'],
  [
    { responseCode: 550, response: '550 5.7.26 Unauthenticated mail is refused (DMARC policy)', command: 'DATA' },
    'final',
    'rejected_by_policy',
  ],
  [
    { responseCode: 553, response: '553 5.1.8 Sender address rejected', command: 'MAIL FROM' },
    'ask_administrator',
    'sender_refused',
  ],
  [
    { code: 'EAUTH', responseCode: 535, response: '535 5.7.8 Authentication failed', command: 'AUTH PLAIN' },
    'ask_administrator',
    'sign_in_failed',
  ],
  [
    { code: 'EAUTH', responseCode: 454, response: '454 4.7.0 Temporary authentication failure', command: 'AUTH PLAIN' },
    'try_again',
    'sign_in_failed',
  ],
  [{ code: 'ECONNREFUSED', message: 'connect ECONNREFUSED' }, 'try_again', 'cannot_connect'],
  [{ code: 'ETIMEDOUT', message: 'Greeting never received' }, 'try_again', 'cannot_connect'],
  [{ code: 'ENOTFOUND', message: 'getaddrinfo ENOTFOUND smtp.typo.example' }, 'ask_administrator', 'cannot_connect'],
  [{ code: 'ESOCKET', message: 'self-signed certificate' }, 'ask_administrator', 'certificate'],
  [{ code: 'EENVELOPE', message: 'No recipients defined' }, 'final', 'bad_message'],
  ['nonsense', 'try_again', 'unknown'],
  [null, 'try_again', 'unknown'],
])('%j', (error, failureClass, reason) => {
  expect(classifyFailure(error)).toMatchObject({ class: failureClass, reason })
})

it('keeps the code, the status and the words of the server on one line', () => {
  expect(classifyFailure({ responseCode: 550, response: '550-5.1.1 No such\r\n550 5.1.1 user', command: 'RCPT TO' })).toEqual({
    class: 'final',
    reason: 'unknown_address',
    code: 550,
    status: '5.1.1',
    detail: '550-5.1.1 No such 550 5.1.1 user',
  })
})
