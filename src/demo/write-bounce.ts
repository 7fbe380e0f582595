/** What a mail server sends back when a mailbox takes no more (RFC 3462, RFC 3464). */
export function writeBounce(about: { to: string; date: Date; recipient: string; messageId: string; subject: string }): Buffer {
  const server = `mx.${about.recipient.slice(about.recipient.lastIndexOf('@') + 1)}`
  const boundary = 'report-of-a-full-mailbox'
  return Buffer.from(
    [
      'Return-Path: <>',
      `From: Mail Delivery System <MAILER-DAEMON@${server}>`,
      `To: ${about.to}`,
      'Subject: Undelivered Mail Returned to Sender',
      `Date: ${about.date.toUTCString().replace('GMT', '+0000')}`,
      `Message-ID: <${about.date.getTime()}.bounce@${server}>`,
      'MIME-Version: 1.0',
      'Auto-Submitted: auto-replied',
      `Content-Type: multipart/report; report-type=delivery-status; boundary="${boundary}"`,
      '',
      `--${boundary}`,
      'Content-Type: text/plain; charset=us-ascii',
      '',
      'This is the mail system. Your message could not be delivered to one or more recipients.',
      '',
      `<${about.recipient}>: host ${server} said: 552 5.2.2 Mailbox full, quota exceeded`,
      `--${boundary}`,
      'Content-Type: message/delivery-status',
      '',
      `Reporting-MTA: dns; ${server}`,
      '',
      `Final-Recipient: rfc822; ${about.recipient}`,
      'Action: failed',
      'Status: 5.2.2',
      'Diagnostic-Code: smtp; 552 5.2.2 Mailbox full, quota exceeded',
      '',
      `--${boundary}`,
      'Content-Type: text/rfc822-headers',
      '',
      `Message-ID: <${about.messageId}>`,
      `Subject: =?utf-8?B?${Buffer.from(about.subject).toString('base64')}?=`,
      '',
      `--${boundary}--`,
      '',
    ].join('\r\n'),
  )
}
