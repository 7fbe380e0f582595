import { expect, it } from 'vitest'
import { parseMail } from '#channels/email/parse-mail.ts'
import { screenMail } from '#channels/email/screen-mail.ts'

type Row = {
  server: string
  /** Fields of the mail, then its text as the server writes it. */
  mail: string
  status?: string | null
  class?: 'hard' | 'soft' | 'delayed'
  recipient?: string
}

const to = 'reader@example.net'

/** Reports in servers' own words, without a machine-readable part. */
const plain: Row[] = [
  {
    server: 'qmail',
    mail: `Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nSubject: failure notice\n\nHi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<${to}>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 5.1.1 unknown user\nGiving up on 192.0.2.1.\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <desk@desk.example>\nMessage-ID: <q@desk.example>\n`,
    status: '5.1.1',
  },
  {
    server: 'qmail, no such host',
    mail: `Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nSubject: failure notice\n\nHi. This is the qmail-send program at mx.example.\n\n<${to}>:\nSorry, I couldn't find any host named example.net. (#5.1.2)\n\n--- Below this line is a copy of the message.\n`,
    status: '5.1.2',
  },
  {
    server: 'qmail, queue lifetime',
    mail: `Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nSubject: failure notice\n\nHi. This is the qmail-send program at mx.example.\n\n<${to}>:\nI'm not going to try again; this message has been in the queue too long.\nSorry, I wasn't able to establish an SMTP connection. (#4.4.1)\n`,
    status: '4.4.1',
    class: 'soft',
  },
  {
    server: 'Exim 4, unrouteable',
    mail: `From: Mail Delivery System <Mailer-Daemon@mx.example>\nSubject: Mail delivery failed: returning message to sender\nX-Failed-Recipients: ${to}\nAuto-Submitted: auto-replied\n\nThis message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  ${to}\n    Unrouteable address\n\n------ This is a copy of the message, including all the headers. ------\n`,
    status: '5.1.2',
  },
  {
    server: 'Exim 4, retry timeout',
    mail: `From: Mail Delivery System <Mailer-Daemon@mx.example>\nSubject: Mail delivery failed: returning message to sender\n\nThis message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  ${to}\n    host mx.example.net [192.0.2.5]\n    retry timeout exceeded\n`,
    status: '4.4.7',
    class: 'soft',
  },
  {
    server: 'Postfix, delay warning without parts',
    mail: `From: MAILER-DAEMON@mx.example (Mail Delivery System)\nSubject: Delayed Mail (still being retried)\n\nThis is the mail system at host mx.example.\n\n####################################################################\n# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #\n####################################################################\n\nYour message could not be delivered for more than 4 hour(s).\nIt will be retried until it is 5 day(s) old.\n\n<${to}>: connect to mx.example.net[192.0.2.5]:25: Connection timed out\n`,
    class: 'delayed',
  },
  {
    server: 'Sendmail 8, warning',
    mail: `From: Mail Delivery Subsystem <MAILER-DAEMON@mx.example>\nSubject: Warning: could not send message for past 4 hours\n\n    **********************************************\n    **      THIS IS A WARNING MESSAGE ONLY      **\n    **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **\n    **********************************************\n\nThe original message was received at Thu, 29 Apr 2010\n\n   ----- Transcript of session follows -----\n<${to}>... Deferred: Connection timed out with mx.example.net.\nWarning: message still undelivered after 4 hours\nWill keep trying until message is 5 days old\n`,
    class: 'delayed',
  },
  {
    server: 'Sendmail, of old',
    mail: `From: Mail Delivery Subsystem <MAILER-DAEMON@mx.example>\nSubject: Returned mail: Host unknown\n\n   ----- Transcript of session follows -----\n550 ${to}... Host unknown\n\n   ----- Unsent message follows -----\nReceived: from mx\n`,
    status: '5.1.2',
  },
  {
    server: 'Exchange 2003',
    mail: `From: "System Administrator" <postmaster@ex.example>\nSubject: Undeliverable: Hello\n\nYour message did not reach some or all of the intended recipients.\n\n      Subject:\tHello\n      Sent:\t4/29/2007 10:00 AM\n\nThe following recipient(s) could not be reached:\n\n      ${to} on 4/29/2007 10:00 AM\n            The e-mail account does not exist at the organization this message was sent to.  Check the e-mail address, or contact the recipient directly to find out the correct address.\n            <ex.example #5.1.1>\n`,
    status: '5.1.1',
  },
  {
    server: 'Exchange 2007',
    mail: `From: Microsoft Exchange <postmaster@ex.example>\nSubject: Undeliverable: Hello\n\nDelivery has failed to these recipients or distribution lists:\n\n${to}\nThe recipient's e-mail address was not found in the recipient's e-mail system. Microsoft Exchange will not try to redeliver this message for you. Please check the e-mail address and try resending this message, or provide the following diagnostic text to your system administrator.\n\nDiagnostic information for administrators:\n\nGenerating server: ex.example\n\n${to}\n#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##\n`,
    status: '5.1.1',
  },
  {
    server: 'Exchange, German',
    mail: `From: Systemadministrator <postmaster@ex.example>\nSubject: Unzustellbar: Hallo\n\nFehler bei der Nachrichtenzustellung an folgende Empfänger oder Verteilerlisten:\n\n${to}\nDer Empfänger wurde nicht gefunden.\n\nDiagnoseinformationen für Administratoren:\n\n#550 5.1.1 RESOLVER.ADR.RecipNotFound ##\n`,
    status: '5.1.1',
  },
  {
    server: 'Exchange, French',
    mail: `From: Microsoft Outlook <postmaster@ex.example>\nSubject: =?utf-8?Q?Non_remis_:_Bonjour?=\n\nÉchec de la remise pour ces destinataires ou groupes :\n\n${to}\nLa boîte aux lettres du destinataire est pleine.\n\n#550 5.2.2 STOREDRV.Deliver; mailbox full ##\n`,
    status: '5.2.2',
    class: 'soft',
  },
  {
    server: 'Exchange, Spanish',
    mail: `From: Microsoft Outlook <postmaster@ex.example>\nSubject: No se puede entregar: Hola\n\nError de entrega a estos destinatarios o grupos:\n\n${to}\nNo se encontró la dirección de correo.\n\n550 5.1.10 RESOLVER.ADR.RecipientNotFound\n`,
    status: '5.1.10',
  },
  {
    server: 'Exchange, Dutch',
    mail: `From: Microsoft Outlook <postmaster@ex.example>\nSubject: Onbestelbaar: Hallo\n\nKan bericht niet bezorgen bij deze geadresseerden of groepen:\n\n${to}\n\n550 5.4.1 Recipient address rejected: Access denied\n`,
    status: '5.4.1',
  },
  {
    server: 'Exchange, Italian',
    mail: `From: Microsoft Outlook <postmaster@ex.example>\nSubject: Non recapitabile: Ciao\n\nRecapito non riuscito per i seguenti destinatari o gruppi:\n\n${to}\n\n550 5.1.1 utente sconosciuto\n`,
    status: '5.1.1',
  },
  {
    server: 'Exchange, Portuguese',
    mail: `From: Microsoft Outlook <postmaster@ex.example>\nSubject: =?utf-8?Q?N=C3=A3o_entregue:_Ol=C3=A1?=\n\nFalha na entrega a estes destinatários ou grupos:\n\n${to}\n\n550 5.1.1 not found\n`,
    status: '5.1.1',
  },
  {
    server: 'Exchange, Swedish',
    mail: `From: Microsoft Outlook <postmaster@ex.example>\nSubject: =?utf-8?Q?Kan_inte_levereras:_Hej?=\n\nLeveransen misslyckades till följande mottagare eller grupper:\n\n${to}\n\n550 5.1.1\n`,
    status: '5.1.1',
  },
  {
    server: 'Exchange, Polish',
    mail: `From: Microsoft Outlook <postmaster@ex.example>\nSubject: =?utf-8?Q?Niedostarczalne:_Cze=C5=9B=C4=87?=\n\nDostarczenie nie powiodło się dla następujących adresatów lub grup:\n\n${to}\n\n550 5.1.1\n`,
    status: '5.1.1',
  },
  {
    server: 'Exchange, Russian',
    mail: `From: Microsoft Outlook <postmaster@ex.example>\nSubject: =?utf-8?B?0J3QtdC00L7RgdGC0LDQstC70LXQvdC+OiDQn9GA0LjQstC10YI=?=\n\nНе удалось доставить сообщение следующим получателям или группам:\n\n${to}\n\n550 5.1.1\n`,
    status: '5.1.1',
  },
  {
    server: 'Gmail',
    mail: `From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\nSubject: Delivery Status Notification (Failure)\nX-Failed-Recipients: ${to}\n\n** Address not found **\n\nYour message wasn't delivered to ${to} because the address couldn't be found, or is unable to receive mail.\n\nThe response from the remote server was:\n550 5.1.1 The email account that you tried to reach does not exist.\n`,
    status: '5.1.1',
  },
  {
    server: 'Gmail, German',
    mail: `From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\nSubject: Delivery Status Notification (Failure)\n\n** Die Adresse wurde nicht gefunden **\n\nDeine Nachricht wurde nicht an ${to} zugestellt, da die Adresse nicht gefunden wurde.\n\nDie Antwort lautete:\n550 5.1.1 no such user\n`,
    status: '5.1.1',
  },
  {
    server: 'Outlook.com',
    mail: `From: postmaster@outlook.com\nSubject: Undeliverable: Hello\n\nThis is an automatically generated Delivery Status Notification.\n\nDelivery to the following recipients failed.\n\n       ${to}\n`,
    status: null,
  },
  {
    server: 'Hotmail, old',
    mail: `From: postmaster@mail.hotmail.com\nSubject: Delivery Status Notification (Failure)\n\nThis is an automatically generated Delivery Status Notification.\n\nUnable to deliver message to the following recipients, because the message was forwarded more than the maximum allowed times. This could indicate a mail loop.\n\n       ${to}\n`,
    status: '5.4.6',
  },
  {
    server: 'Amazon SES',
    mail: `From: MAILER-DAEMON@email-smtp.amazonses.com\nSubject: Delivery Status Notification (Failure)\n\nAn error occurred while trying to deliver the mail to the following recipients:\n${to}\n`,
    status: null,
  },
  {
    server: 'Domino, full',
    mail: `From: MAILER-DAEMON@notes.example\nSubject: DELIVERY FAILURE: Unable to deliver message because the destination mail file is full\n\nYour message\n\n  Subject: hi\n\nwas not delivered to:\n\n  ${to}\n\nbecause:\n\n  Error delivering to NOTES/EXAMPLE mail\\reader.nsf; database has exceeded its size quota\n`,
    status: '5.2.2',
    class: 'soft',
  },
  {
    server: 'Barracuda',
    mail: `From: MAILER-DAEMON@barracuda.example\nSubject: **Message you sent blocked by our bulk email filter**\n\nYour message to: ${to}\nwas blocked by our Spam Firewall. The email you sent with the following subject has NOT BEEN DELIVERED:\n\nSubject: Hello\n`,
    status: '5.7.1',
  },
  {
    server: 'MessageLabs',
    mail: `From: "MAILER-DAEMON" <MAILER-DAEMON@messagelabs.example>\nSubject: Mail Delivery Failure\n\nThis message was created automatically by the mail system (ecelerity).\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n>>> ${to} (while not connected): 542 5.1.1 No such user\n`,
    status: '5.1.1',
  },
  {
    server: 'Mimecast',
    mail: `From: postmaster@mimecast.example\nSubject: [Postmaster] Email Delivery Failure\n\nThis is a delivery failure notification message indicating that\nan email you addressed to email address :\n-- ${to}\n\ncould not be delivered. The problem appears to be :\n-- Recipient email address is possibly incorrect\n\nAdditional information follows :\n-- 5.1.1 <${to}>: Recipient address rejected: User unknown\n`,
    status: '5.1.1',
  },
  {
    server: 'GMX',
    mail: `From: GMX Mailer Daemon <mailer-daemon@gmx.example>\nSubject: Mail delivery failed: returning message to sender\n\nThis message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of\nits recipients. This is a permanent error. The following address\nfailed:\n\n"${to}":\nSMTP error from remote server after RCPT command:\nhost: mx.example.net\n5.1.1 <${to}>... User Unknown\n`,
    status: '5.1.1',
  },
  {
    server: '1&1',
    mail: `From: "Mail Delivery System" <mailer-daemon@kundenserver.example>\nSubject: Mail delivery failed: returning message to sender\n\nThis message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of\nits recipients. The following addresses failed:\n\n<${to}>\nFor the following reason:\n\nMail size limit exceeded. For explanation visit\nhttp://postmaster.1and1.example\n`,
    status: '5.3.4',
  },
  {
    server: 'mail.ru',
    mail: `From: mailer-daemon@corp.mail.example\nSubject: Mail delivery failed: returning message to sender\nX-Failed-Recipients: ${to}\n\nThis message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  ${to}\n    SMTP error from remote mail server after RCPT TO:<${to}>:\n    host mx.example.net [192.0.2.2]: 550 Mailbox quota exceeded / Mailbox full\n`,
    status: '5.2.2',
    class: 'soft',
  },
  {
    server: 'Yandex',
    mail: `From: mailer-daemon@yandex.example\nSubject: =?utf-8?B?0J3QtdC00L7RgdGC0LDQstC70LXQvdC90L7QtSDRgdC+0L7QsdGJ0LXQvdC40LU=?=\n\nЭто письмо отправлено почтовым сервером.\n\nК сожалению, мы вынуждены сообщить Вам о том, что Ваше письмо не может быть отправлено одному или нескольким адресатам.\n\n<${to}>: host mx.example.net said: 550 5.7.1 No such user!\n`,
    status: '5.7.1',
  },
  {
    server: 'X.400 gateway',
    mail: `From: postmaster@x400.example\nSubject: Delivery Report (failure) for ${to}\n\nThis report relates to your message: Subject: Hello\n\nYour message was not delivered to\n    ${to}\nfor the following reason:\n    Recipient's Mailbox unavailable\n    MTA 'mx' gives error message <${to}> Unknown X.400 O/R Name\n`,
    status: '5.1.1',
  },
  {
    server: 'iPlanet',
    mail: `From: Internet Mail Delivery <postmaster@ims.example>\nSubject: Delivery Notification: Delivery has failed\n\nThis report relates to a message you sent with the following header fields:\n\n  Message-id: <m@desk.example>\n\nYour message cannot be delivered to the following recipients:\n\n  Recipient address: ${to}\n  Reason: Remote SMTP server has rejected address\n  Diagnostic code: smtp;550 5.1.1 User unknown\n`,
    status: '5.1.1',
  },
  {
    server: 'KDDI',
    mail: `Return-Path: <>\nFrom: no-reply@app.example\nSubject: Mail\n\nYour mail sent on: Thu, 29 Apr 2013 00:00:00 +0900\n     Could not be delivered to: <${to}>\n     As their mailbox is full.\n`,
    status: '5.2.2',
    class: 'soft',
  },
  {
    server: 'ezweb',
    mail: `Return-Path: <>\nFrom: <Postmaster@ezweb.example>\nSubject: Mail System Error - Returned Mail\n\nEach of the following recipients was rejected by a remote mail server.\n\nRecipient: <${to}>\n    >>> RCPT TO:<${to}>\n    <<< 550 <${to}>: User unknown\n`,
    status: '5.1.1',
  },
  {
    server: 'docomo',
    mail: `Return-Path: <>\nFrom: MAILER-DAEMON@docomo.example (Mail Delivery System)\nSubject: Undelivered Mail Returned to Sender\n\nThis is the mail system at host docomo.example.\n\n<${to}>: host mfsmax.docomo.example[192.0.2.3] said: 550 Unknown user\n    ${to} (in reply to end of DATA command)\n`,
    status: '5.1.1',
  },
  {
    server: 'Apache James',
    mail: `From: postmaster@james.example\nSubject: Re:Hello\nReturn-Path: <>\n\nHi. This is the James mail server at james.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.  Below\nI include the list of recipients and the reason why I was unable to deliver\nyour message.\n\nFailed recipient(s):\n${to}\n\nError message:\nError while delivering message: 550 5.1.1 Unknown user\n`,
    status: '5.1.1',
  },
  {
    server: 'Zoho',
    mail: `From: mailer-daemon@mail.zoho.example\nSubject: Undelivered Mail Returned to Sender\n\nThis message was created automatically by mail delivery software.\n A message that you sent could not be delivered to one or more of its recipients. This is a permanent error.\n\n${to} Invalid Address, ERROR_CODE :550, ERROR_CODE :5.1.=1 <${to}>... User Unknown\n`,
    status: '5.1.1',
  },
  {
    server: 'MDaemon',
    mail: `From: "MDaemon at mx.example" <MDaemon@mx.example>\nSubject: Permanent Delivery Failure\n\nThe attached message had PERMANENT fatal delivery errors!\n\nAfter one or more unsuccessful delivery attempts the attached message has\nbeen removed from the mail queue on this server.\n\nFailed address: ${to}\n\n--- Session Transcript ---\n <-- 550 ${to} Recipient unknown\n`,
    status: '5.1.1',
  },
  {
    server: 'IMail',
    mail: `From: Postmaster <postmaster@imail.example>\nSubject: Undeliverable Mail\nX-Mailer: <SMTP32 v8.22>\n\nUnknown user: ${to}\n\nOriginal message follows.\n\nReceived: from x\n`,
    status: '5.1.1',
  },
  {
    server: 'Kerio',
    mail: `From: "Mail Delivery Subsystem" <postmaster@kerio.example>\nSubject: =?utf-8?Q?Undeliverable_message_returned_to_sender?=\n\nYour message "Hello" could not be delivered to one or more recipients.\n\n  ${to}\n     (mx.example.net: 550 5.7.1 Message rejected due to content)\n`,
    status: '5.7.1',
  },
  {
    server: 'Symantec gateway',
    mail: `From: MAILER-DAEMON@gw.example\nSubject: Undeliverable mail\n\nFailed to deliver to '${to}'\nSMTP module(domain example.net) reports:\n message text rejected by mx.example.net:\n 552 5.2.3 Message exceeds maximum fixed size\n`,
    status: '5.2.3',
  },
  {
    server: 'Novell GroupWise',
    mail: `From: Mailer-Daemon@gw.example\nSubject: Message status - undeliverable\n\nThe attached file had the following undeliverable recipient(s):\n\t${to}\n\nTranscript of session follows:\n  Command: RCPT TO:<${to}>\n  Response: 550 Requested action not taken: mailbox unavailable\n`,
    status: '5.0.0',
  },
  {
    server: 'Lotus SMTP MTA',
    mail: `From: "Lotus SMTP MTA" <MAILER-DAEMON@lotus.example>\nSubject: Report to Sender\n\n------- Failure Reasons  --------\n\nUser not listed in public Name & Address Book\n${to}\n\n------- Returned Message --------\n\nReceived: from x\n`,
    status: '5.1.1',
  },
  {
    server: 'InterScan',
    mail: `From: mailer-daemon@iscan.example\nSubject: Mail delivery failed: returning message to sender\n\nSent <<< RCPT TO:<${to}>\nReceived >>> 550 5.1.1 <${to}>... user unknown\n\nUnable to deliver message to <${to}>\n`,
    status: '5.1.1',
  },
  {
    server: 'Google Groups',
    mail: `From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\nSubject: Delivery Status Notification (Failure)\nX-Failed-Recipients: ${to}\n\nHello desk@desk.example,\n\nWe're writing to let you know that the group you tried to contact (reader) may not exist, or you may not have permission to post messages to the group.\n`,
  },
  {
    server: 'a forwarder, address gone',
    mail: `From: postmaster@example.net\nSubject: Returned mail: see transcript for details\n\nThe recipient ${to} is no longer with the company and this mailbox has been disabled.\n\n550 5.2.1 The email account that you tried to reach is disabled\n`,
    status: '5.2.1',
  },
  {
    server: 'a list manager of closed lists',
    mail: `From: reader-admin@example.net\nSubject: You desk@desk.example are not member (reader ML)\nX-MLServer: fml [fml 4.0.3 release]\n\nYou are not a member of this mailing list <${to}>.\n`,
  },
  {
    server: 'Mailman',
    mail: `From: reader-bounces@example.net\nSubject: Your message to Reader awaits moderator approval - rejected\nX-Mailman-Version: 2.1.39\nPrecedence: bulk\n\nYour message to the Reader mailing-list was rejected for the following\nreasons:\n\nThis list is for members only.\n`,
    recipient: undefined,
  },
]

it.each(plain)('$server', ({ mail, status, class: kind = 'hard', recipient = to, server }) => {
  const screening = screenMail(parseMail(Buffer.from(mail)))
  expect(screening.kind).toBe('bounce')
  expect(screening.mayAutoRespond).toBe(false)
  if (server !== 'Mailman') expect(screening.bounce?.recipient).toBe(recipient)
  if (status !== undefined) expect(screening.bounce?.status ?? null).toBe(status)
  expect(screening.bounce?.class).toBe(kind)
})
