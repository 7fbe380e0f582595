import { expect, it } from 'vitest'
import { parseMail } from './parse-mail.ts'
import { screenMail } from './screen-mail.ts'

/** Reports without machine-readable part, in the manner of the servers that write them. */
const reports: [
  server: string,
  fields: string,
  words: string,
  recipient: string,
  status: string | null,
  kind: string,
  original: string | null,
][] = [
  [
    'Exchange',
    'From: System Administrator <postmaster@ex.example>\nSubject: Undeliverable: Hello',
    'Your message\n\n  To:      reader@example.net\n  Subject: Hello\n  Sent:    Thu, 29 Apr 2007 10:00:00\n\ndid not reach the following recipient(s):\n\nreader@example.net on Thu, 29 Apr 2007 10:00:01\n    The recipient name is not recognized\n\tThe MTS-ID of the original message is: c=jp;a= ;p=x\n    MSEXCH:IMS:READER 0 (000C05A6) Unknown Recipient',
    'reader@example.net',
    '5.1.1',
    'hard',
    null,
  ],
  [
    'Notes',
    'From: MAILER-DAEMON@notes.example\nSubject: DELIVERY FAILURE: User reader (reader@example.net) not listed in Domino Directory',
    'Your message\n\n  Subject: hi\n\nwas not delivered to:\n\n  reader@example.net\n\nbecause:\n\n  User reader (reader@example.net) not listed in Domino Directory',
    'reader@example.net',
    '5.1.1',
    'hard',
    null,
  ],
  [
    'Gmail',
    'From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\nSubject: Delivery Status Notification (Failure)\nX-Failed-Recipients: reader@example.net',
    'This is an automatically generated Delivery Status Notification\n\nDelivery to the following recipient failed permanently:\n\n     reader@example.net\n\nTechnical details of permanent failure:\nGoogle tried to deliver your message, but it was rejected. The error that the other server returned was: 550 550 5.2.1 <reader@example.net>... User Unknown (state 14).\n\n----- Original message -----\n\nMessage-ID: <orig@example.com>\nSubject: x',
    'reader@example.net',
    '5.2.1',
    'hard',
    'orig@example.com',
  ],
  [
    'Exim',
    'From: Mail Delivery System <Mailer-Daemon@mx.example>\nSubject: Mail delivery failed: returning message to sender',
    'This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  reader@example.net\n    SMTP error from remote mail server after RCPT TO:<reader@example.net>:\n    host mx.example.jp [192.0.2.20]: 550 5.1.1 <reader@example.net>: User unknown\n\n------ This is a copy of the message, including all the headers. ------\n\nReturn-path: <a@b.c>\nMessage-Id: <orig2@example.com>\n',
    'reader@example.net',
    '5.1.1',
    'hard',
    'orig2@example.com',
  ],
  [
    'Exim, still trying',
    'From: Mail Delivery System <Mailer-Daemon@mx.example>\nSubject: Warning: message 1Xabc delayed 24 hours',
    'This message was created automatically by mail delivery software.\nA message that you sent has not yet been delivered to one or more of its\nrecipients after more than 24 hours on the queue on mx.example.\n\nThe address to which the message has not yet been delivered is:\n\n  reader@example.net\n\nNo action is required on your part. Delivery attempts will continue for\nsome time',
    'reader@example.net',
    null,
    'delayed',
    null,
  ],
  [
    'Sendmail',
    'From: Mail Delivery Subsystem <MAILER-DAEMON@mx.example>\nSubject: Returned mail: see transcript for details',
    'The original message was received at Thu, 29 Apr 2010\nfrom localhost\n\n   ----- The following addresses had permanent fatal errors -----\n<reader@example.net>\n    (reason: 550 5.1.1 User unknown)\n\n   ----- Transcript of session follows -----\n... while talking to mx:\n>>> RCPT To:<reader@example.net>\n<<< 550 5.1.1 User unknown',
    'reader@example.net',
    '5.1.1',
    'hard',
    null,
  ],
  [
    'OpenSMTPD',
    'From: Mailer Daemon <MAILER-DAEMON@mx.example>\nSubject: Delivery status notification',
    '    Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this e-mail.\n\n    An error has occurred while attempting to deliver a message for\n    the following list of recipients:\n\nreader@example.net: 550 5.2.2 <reader>... Mailbox Full\n\n    Below is a copy of the original message:\n\nMessage-ID: <o3@x>',
    'reader@example.net',
    '5.2.2',
    'soft',
    'o3@x',
  ],
  [
    'Yahoo',
    'From: MAILER-DAEMON@yahoo.com\nSubject: Failure Notice',
    'Sorry, we were unable to deliver your message to the following address.\n\n<reader@example.net>:\nRemote host said: 550 5.1.1 <reader@example.net>... User Unknown [RCPT_TO]\n\n--- Below this line is a copy of the message.\n',
    'reader@example.net',
    '5.1.1',
    'hard',
    null,
  ],
  [
    'a telephone company',
    'From: Postmaster@ezweb.ne.jp\nSubject: Mail System Error - Returned Mail',
    'The user(s) account is disabled.\n\n<reader@example.net>: user unknown\n\nThe following recipients were rejected',
    'reader@example.net',
    '5.1.1',
    'hard',
    null,
  ],
  [
    'Courier',
    'From: "Courier mail server at mx" <@mx.example>\nSubject: NOTICE: mail delivery status.\nReturn-Path: <>',
    'This is a delivery status notification from mx.example,\nrunning the Courier mail server.\n\nThe original message was received on Thu\n\n---------------------------------------------------------------------------\n\n                           UNDELIVERABLE MAIL\n\nYour message to the following recipients cannot be delivered:\n\n<reader@example.net>:\n    mx.example.jp [192.0.2.3]:\n>>> RCPT TO:<reader@example.net>\n<<< 550 5.1.1 User unknown',
    'reader@example.net',
    '5.1.1',
    'hard',
    null,
  ],
  [
    'German words',
    'From: Mail Delivery System <mailer-daemon@gmx.example>\nSubject: Unzustellbar: Hallo\nReturn-Path: <>',
    'Leider konnte Ihre Nachricht nicht zugestellt werden.\n\nreader@example.net\n\n550 5.1.1 Adresse unbekannt',
    'reader@example.net',
    '5.1.1',
    'hard',
    null,
  ],
  [
    'Microsoft 365',
    'From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@x.example>\nSubject: Undeliverable: hi',
    "Your message to reader@example.net couldn't be delivered.\nreader wasn't found at example.jp.\nStatus code: 550 5.1.10",
    'reader@example.net',
    '5.1.10',
    'hard',
    null,
  ],
]

it.each(reports)('%s', (_server, fields, words, recipient, status, kind, original) => {
  const screening = screenMail(parseMail(Buffer.from(`${fields}\n\n${words}\n`)))
  expect(screening.kind).toBe('bounce')
  expect(screening.bounce).toMatchObject({ recipient, status, class: kind, originalMessageId: original })
})

it.each([
  [
    'Kim <kim@shop.example>',
    'Mail delivery failed?',
    'I got "undeliverable" for bob@x.example, 550 5.1.1 user unknown. Can you help?',
  ],
  ['postmaster@shop.example', 'Question about DNS', 'Hello, can you tell me which MX we should set?'],
])('takes %s for a person', (from, subject, words) => {
  expect(screenMail(parseMail(Buffer.from(`From: ${from}\nSubject: ${subject}\n\n${words}\n`))).kind).toBe('message')
})
