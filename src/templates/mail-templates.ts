/**
 * The mails a desk sends, as Liquid: subject and HTML body. Values are escaped; only `body_html` variables made by the desk
 * itself come in raw. An administrator's own version replaces one for a language.
 */
export interface MailTemplate {
  subject: string
  body: string
}

/** Who gets it, and the variables that are filled, for the editor's list and its check. */
export interface TemplateInfo {
  audience: 'customer' | 'agent' | 'account'
  variables: readonly string[]
}

const ticketVariables = [
  'desk.name',
  'desk.url',
  'ticket.number',
  'ticket.subject',
  'ticket.url',
  'requester.name',
  'requester.first_name',
] as const

export const templateKeys = [
  'new_request',
  'new_request_unverified',
  'opened_for_you',
  'reply',
  'copied',
  'link',
  'too_many',
  'alert_new_ticket',
  'alert_new_message',
  'alert_assigned',
  'alert_mailbox_failing',
  'alert_loop_stopped',
  'invite',
  'reset',
  'sign_in',
  'confirm',
  'password_changed',
] as const
export type TemplateKey = (typeof templateKeys)[number]

export const templateInfo: Record<TemplateKey, TemplateInfo> = {
  new_request: { audience: 'customer', variables: [...ticketVariables, 'expected', 'message_html'] },
  new_request_unverified: {
    audience: 'customer',
    variables: ['desk.name', 'desk.url', 'ticket.number', 'ticket.url', 'expected'],
  },
  opened_for_you: { audience: 'customer', variables: [...ticketVariables, 'message_html', 'agent.name'] },
  reply: {
    audience: 'customer',
    variables: [
      ...ticketVariables,
      'body_html',
      'signature',
      'agent.name',
      'last_message_html',
      'last_message_by',
      'last_message_at',
    ],
  },
  copied: { audience: 'customer', variables: [...ticketVariables, 'agent.name'] },
  link: { audience: 'customer', variables: [...ticketVariables, 'link'] },
  too_many: { audience: 'customer', variables: ['desk.name', 'desk.url'] },
  alert_new_ticket: { audience: 'agent', variables: [...ticketVariables, 'department', 'message_html', 'agent.name'] },
  alert_new_message: { audience: 'agent', variables: [...ticketVariables, 'message_html', 'agent.name'] },
  alert_assigned: { audience: 'agent', variables: [...ticketVariables, 'by', 'message_html', 'agent.name'] },
  alert_mailbox_failing: {
    audience: 'agent',
    variables: ['desk.name', 'desk.url', 'mailbox.address', 'mailbox.url', 'problem', 'detail', 'agent.name'],
  },
  alert_loop_stopped: {
    audience: 'agent',
    variables: ['desk.name', 'desk.url', 'loop.sender', 'loop.url', 'problem', 'agent.name'],
  },
  invite: { audience: 'account', variables: ['desk.name', 'link', 'agent.name', 'by'] },
  reset: { audience: 'account', variables: ['desk.name', 'link', 'name'] },
  sign_in: { audience: 'account', variables: ['desk.name', 'link', 'name'] },
  confirm: { audience: 'account', variables: ['desk.name', 'link', 'name'] },
  password_changed: { audience: 'account', variables: ['desk.name', 'link', 'name'] },
}

const button = (label: string, link: string): string => `<p><a href="${link}" class="button">${label}</a></p>`

const english: Record<TemplateKey, MailTemplate> = {
  new_request: {
    subject: 'Re: {{ ticket.subject }} [#{{ ticket.number }}]',
    body: `<p>Hello {{ requester.first_name }},</p>
<p>thank you for your message. We have it as request <strong>#{{ ticket.number }}</strong>.{% if expected %} We usually answer by {{ expected }}.{% endif %}</p>
<p>To add something, just answer this mail.</p>
${button('See your request', '{{ ticket.url }}')}
<p>{{ desk.name }}</p>`,
  },
  new_request_unverified: {
    subject: 'We received your message [#{{ ticket.number }}]',
    body: `<p>Hello,</p>
<p>we received a message from this address and keep it as request <strong>#{{ ticket.number }}</strong>.{% if expected %} We usually answer by {{ expected }}.{% endif %}</p>
${button('See your request', '{{ ticket.url }}')}
<p>If you did not write to us, you can ignore this mail.</p>
<p>{{ desk.name }}</p>`,
  },
  opened_for_you: {
    subject: '{{ ticket.subject }} [#{{ ticket.number }}]',
    body: `<p>Hello {{ requester.first_name }},</p>
<p>{{ agent.name }} opened request <strong>#{{ ticket.number }}</strong> for you:</p>
<blockquote>{{ message_html | raw }}</blockquote>
<p>To add something, just answer this mail.</p>
${button('See your request', '{{ ticket.url }}')}
<p>{{ desk.name }}</p>`,
  },
  reply: {
    subject: 'Re: {{ ticket.subject }} [#{{ ticket.number }}]',
    body: `{{ body_html | raw }}
{% if signature != "" %}<p class="signature">-- <br>{{ signature | newline_to_br }}</p>{% endif %}
{% if last_message_html %}<div class="quoted"><p>{{ last_message_by }}, {{ last_message_at }}:</p><blockquote type="cite">{{ last_message_html | raw }}</blockquote></div>{% endif %}`,
  },
  copied: {
    subject: '{{ ticket.subject }} [#{{ ticket.number }}]',
    body: `<p>Hello,</p>
<p>{{ agent.name }} put you on copy of request <strong>#{{ ticket.number }}</strong>, “{{ ticket.subject }}”. You get the answers from now on, and can write by answering this mail.</p>
<p>{{ desk.name }}</p>`,
  },
  link: {
    subject: 'Your link to request #{{ ticket.number }}',
    body: `<p>Hello {{ requester.first_name }},</p>
<p>here is your link to request <strong>#{{ ticket.number }}</strong>, “{{ ticket.subject }}”. It is for you alone and works for 30 days.</p>
${button('Open your request', '{{ link }}')}
<p>{{ desk.name }}</p>`,
  },
  too_many: {
    subject: 'We have your earlier messages',
    body: `<p>Hello,</p>
<p>we received several messages from this address in a short time. All of them are kept and read; to spare you, we stop confirming each one today.</p>
<p>{{ desk.name }}</p>`,
  },
  alert_new_ticket: {
    subject: 'New: {{ ticket.subject }} [#{{ ticket.number }}]',
    body: `<p>{{ requester.name }} wrote to {{ department }}:</p>
<blockquote>{{ message_html | raw }}</blockquote>
${button('Open ticket', '{{ ticket.url }}')}`,
  },
  alert_new_message: {
    subject: 'Re: {{ ticket.subject }} [#{{ ticket.number }}]',
    body: `<p>{{ requester.name }} answered:</p>
<blockquote>{{ message_html | raw }}</blockquote>
${button('Open ticket', '{{ ticket.url }}')}`,
  },
  alert_assigned: {
    subject: 'Assigned to you: {{ ticket.subject }} [#{{ ticket.number }}]',
    body: `<p>{{ by }} assigned this ticket to you. {{ requester.name }} wrote:</p>
<blockquote>{{ message_html | raw }}</blockquote>
${button('Open ticket', '{{ ticket.url }}')}`,
  },
  alert_mailbox_failing: {
    subject: 'No mail from {{ mailbox.address }}',
    body: `<p>{{ desk.name }} cannot read the mailbox <strong>{{ mailbox.address }}</strong>. {{ problem }}</p>
<p>No mail is lost: it waits on its server and comes in when the mailbox can be read again.{% if detail %} The server said: {{ detail }}{% endif %}</p>
${button('Open mailboxes', '{{ mailbox.url }}')}`,
  },
  alert_loop_stopped: {
    subject: 'Stopped: mail of {{ loop.sender }}',
    body: `<p>{{ desk.name }} has stopped mail of <strong>{{ loop.sender }}</strong>, because two machines may be answering each other. {{ problem }}</p>
<p>Further mail of it is suspended, and nothing is lost. It comes in again after an hour of quiet, or when you reset it.</p>
${button('Look at it', '{{ loop.url }}')}`,
  },
  invite: {
    subject: 'Join {{ desk.name }}',
    body: `<p>Hello {{ agent.name }},</p>
<p>{{ by }} invites you to answer requests at {{ desk.name }}. Choose a password to begin; the link works for seven days.</p>
${button('Choose a password', '{{ link }}')}`,
  },
  reset: {
    subject: 'Choose a new password for {{ desk.name }}',
    body: `<p>Hello {{ name }},</p>
<p>somebody, hopefully you, asked for a new password. The link works once, within an hour. If it was not you, nothing has changed.</p>
${button('Choose a new password', '{{ link }}')}`,
  },
  sign_in: {
    subject: 'Your sign-in link for {{ desk.name }}',
    body: `<p>Hello {{ name }},</p>
<p>this link signs you in to {{ desk.name }}. It works once, within an hour. If you did not ask for it, you can ignore this mail.</p>
${button('Sign in', '{{ link }}')}`,
  },
  confirm: {
    subject: 'Confirm your address for {{ desk.name }}',
    body: `<p>Hello {{ name }},</p>
<p>please confirm that this address is yours. The link works for a day.</p>
${button('Confirm address', '{{ link }}')}`,
  },
  password_changed: {
    subject: 'Your password for {{ desk.name }} was changed',
    body: `<p>Hello {{ name }},</p>
<p>your password was changed just now, and every other device was signed out. If that was not you, set a new one at once and tell us.</p>
${button('Set a new password', '{{ link }}')}`,
  },
}

/** What a desk ships with, by language; English stands in for a language that is not there. */
export const shippedTemplates: Readonly<Record<string, Record<TemplateKey, MailTemplate>>> = { en: english }
