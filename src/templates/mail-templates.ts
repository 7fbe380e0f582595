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
  'ticket.status',
  'ticket.state',
  'ticket.priority',
  'ticket.topic',
  'ticket.department',
  'ticket.manager',
  'ticket.assignee',
  'ticket.assignee_email',
  'ticket.team',
  'ticket.source',
  'ticket.created',
  'ticket.updated',
  'ticket.due',
  'ticket.closed',
  'requester.name',
  'requester.first_name',
  'requester.last_name',
  'requester.email',
] as const

const alertVariables = [...ticketVariables, 'department', 'by', 'expected', 'message_html', 'agent.name'] as const

export const templateKeys = [
  'new_request',
  'new_request_unverified',
  'opened_for_you',
  'reply',
  'forward',
  'copied',
  'link',
  'too_many',
  'new_message',
  'resolved',
  'reminder',
  'alert_new_ticket',
  'alert_new_message',
  'alert_activity',
  'alert_assigned',
  'alert_transferred',
  'alert_mentioned',
  'alert_due_soon',
  'alert_overdue',
  'alert_over_limit',
  'alert_message_failed',
  'alert_mailbox_failing',
  'alert_mailbox_silent',
  'alert_loop_stopped',
  'alert_secret_expiring',
  'digest',
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
  forward: {
    audience: 'customer',
    variables: [...ticketVariables, 'body_html', 'signature', 'agent.name', 'conversation_html'],
  },
  copied: { audience: 'customer', variables: [...ticketVariables, 'agent.name'] },
  link: { audience: 'customer', variables: [...ticketVariables, 'link'] },
  too_many: { audience: 'customer', variables: [...ticketVariables, 'open_count'] },
  new_message: { audience: 'customer', variables: [...ticketVariables, 'expected'] },
  resolved: { audience: 'customer', variables: [...ticketVariables, 'agent.name'] },
  reminder: { audience: 'customer', variables: ticketVariables },
  alert_new_ticket: { audience: 'agent', variables: alertVariables },
  alert_new_message: { audience: 'agent', variables: alertVariables },
  alert_activity: { audience: 'agent', variables: alertVariables },
  alert_assigned: { audience: 'agent', variables: [...alertVariables, 'assigned_to'] },
  alert_transferred: { audience: 'agent', variables: alertVariables },
  alert_mentioned: { audience: 'agent', variables: alertVariables },
  alert_due_soon: { audience: 'agent', variables: alertVariables },
  alert_overdue: { audience: 'agent', variables: alertVariables },
  alert_over_limit: { audience: 'agent', variables: [...alertVariables, 'open_count'] },
  alert_message_failed: { audience: 'agent', variables: [...alertVariables, 'problem'] },
  alert_mailbox_failing: {
    audience: 'agent',
    variables: ['desk.name', 'desk.url', 'mailbox.address', 'mailbox.url', 'problem', 'detail', 'agent.name'],
  },
  alert_secret_expiring: {
    audience: 'agent',
    variables: ['desk.name', 'desk.url', 'mailbox.address', 'mailbox.url', 'problem', 'agent.name'],
  },
  alert_mailbox_silent: {
    audience: 'agent',
    variables: ['desk.name', 'desk.url', 'mailbox.address', 'mailbox.url', 'problem', 'detail', 'agent.name'],
  },
  alert_loop_stopped: {
    audience: 'agent',
    variables: ['desk.name', 'desk.url', 'loop.sender', 'loop.url', 'problem', 'agent.name'],
  },
  digest: {
    audience: 'agent',
    variables: [
      'desk.name',
      'desk.url',
      'agent.name',
      'date',
      'told',
      'told_more',
      'open',
      'open_more',
      'inbox_url',
      'queue_url',
    ],
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
  forward: {
    subject: 'Fwd: {{ ticket.subject }} [#{{ ticket.number }}]',
    body: `{{ body_html | raw }}
{% if signature != "" %}<p class="signature">-- <br>{{ signature | newline_to_br }}</p>{% endif %}
{% if conversation_html %}<div class="quoted">{{ conversation_html | raw }}</div>{% endif %}`,
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
    subject: 'Re: {{ ticket.subject }} [#{{ ticket.number }}]',
    body: `<p>Hello {{ requester.first_name }},</p>
<p>we have your message as request <strong>#{{ ticket.number }}</strong>. You have {{ open_count }} open requests with us. All of them are kept and read; to spare you, we confirm no further ones today.</p>
${button('See your request', '{{ ticket.url }}')}
<p>{{ desk.name }}</p>`,
  },
  new_message: {
    subject: 'Re: {{ ticket.subject }} [#{{ ticket.number }}]',
    body: `<p>Hello {{ requester.first_name }},</p>
<p>we have your message and put it with request <strong>#{{ ticket.number }}</strong>.{% if expected %} We usually answer by {{ expected }}.{% endif %}</p>
${button('See your request', '{{ ticket.url }}')}
<p>{{ desk.name }}</p>`,
  },
  resolved: {
    subject: 'Solved: {{ ticket.subject }} [#{{ ticket.number }}]',
    body: `<p>Hello {{ requester.first_name }},</p>
<p>{{ agent.name }} marked your request <strong>#{{ ticket.number }}</strong>, “{{ ticket.subject }}”, as solved. If it is not, just answer this mail.</p>
${button('See your request', '{{ ticket.url }}')}
<p>{{ desk.name }}</p>`,
  },
  reminder: {
    subject: 'Re: {{ ticket.subject }} [#{{ ticket.number }}]',
    body: `<p>Hello {{ requester.first_name }},</p>
<p>we are waiting for your answer to your request <strong>#{{ ticket.number }}</strong>, “{{ ticket.subject }}”. Just answer this mail, or read our last message:</p>
${button('See your request', '{{ ticket.url }}')}
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
  alert_activity: {
    subject: '{{ by }} on {{ ticket.subject }} [#{{ ticket.number }}]',
    body: `<p>{{ by }} wrote:</p>
<blockquote>{{ message_html | raw }}</blockquote>
${button('Open ticket', '{{ ticket.url }}')}`,
  },
  alert_assigned: {
    subject: 'Assigned to {{ assigned_to }}: {{ ticket.subject }} [#{{ ticket.number }}]',
    body: `<p>{{ by }} assigned this ticket to {{ assigned_to }}. {{ requester.name }} wrote:</p>
<blockquote>{{ message_html | raw }}</blockquote>
${button('Open ticket', '{{ ticket.url }}')}`,
  },
  alert_transferred: {
    subject: 'Now in {{ department }}: {{ ticket.subject }} [#{{ ticket.number }}]',
    body: `<p>{{ by }} transferred this ticket to {{ department }}. {{ requester.name }} wrote:</p>
<blockquote>{{ message_html | raw }}</blockquote>
${button('Open ticket', '{{ ticket.url }}')}`,
  },
  alert_mentioned: {
    subject: '{{ by }} mentioned you: {{ ticket.subject }} [#{{ ticket.number }}]',
    body: `<p>{{ by }} mentioned you in a note:</p>
<blockquote>{{ message_html | raw }}</blockquote>
${button('Open ticket', '{{ ticket.url }}')}`,
  },
  alert_due_soon: {
    subject: 'Due soon: {{ ticket.subject }} [#{{ ticket.number }}]',
    body: `<p>This ticket of {{ requester.name }} is due{% if expected %} by {{ expected }}{% endif %}.</p>
<blockquote>{{ message_html | raw }}</blockquote>
${button('Open ticket', '{{ ticket.url }}')}`,
  },
  alert_overdue: {
    subject: 'Overdue: {{ ticket.subject }} [#{{ ticket.number }}]',
    body: `<p>{{ requester.name }} waits longer for an answer than we promise.</p>
<blockquote>{{ message_html | raw }}</blockquote>
${button('Open ticket', '{{ ticket.url }}')}`,
  },
  alert_over_limit: {
    subject: '{{ requester.name }} has {{ open_count }} open requests',
    body: `<p>{{ requester.name }} has {{ open_count }} open requests. The newest is “{{ ticket.subject }}”. It was taken; further ones are not confirmed today.</p>
${button('Open ticket', '{{ ticket.url }}')}`,
  },
  alert_message_failed: {
    subject: 'Not delivered: {{ ticket.subject }} [#{{ ticket.number }}]',
    body: `<p>A message on this ticket did not arrive: {{ problem }}. It says for whom on the ticket, where you can try again or write to another address.</p>
<blockquote>{{ message_html | raw }}</blockquote>
${button('Open ticket', '{{ ticket.url }}')}`,
  },
  alert_mailbox_failing: {
    subject: 'No mail from {{ mailbox.address }}',
    body: `<p>{{ desk.name }} cannot read the mailbox <strong>{{ mailbox.address }}</strong>. {{ problem }}</p>
<p>No mail is lost: it waits on its server and comes in when the mailbox can be read again.{% if detail %} The server said: {{ detail }}{% endif %}</p>
${button('Open mailboxes', '{{ mailbox.url }}')}`,
  },
  alert_secret_expiring: {
    subject: 'The sign-in of {{ mailbox.address }} expires',
    body: `<p>{{ problem }}</p>
<p>Until then everything works as before. After it {{ desk.name }} can neither read nor send from this mailbox; no mail is lost, it waits.</p>
${button('Open the mailbox', '{{ mailbox.url }}')}`,
  },
  alert_mailbox_silent: {
    subject: 'Silence in {{ mailbox.address }}',
    body: `<p>{{ problem }} {{ detail }}</p>
<p>If that is unusual, send a mail to <strong>{{ mailbox.address }}</strong> and see whether it becomes a ticket of {{ desk.name }}.</p>
${button('Open mailboxes', '{{ mailbox.url }}')}`,
  },
  alert_loop_stopped: {
    subject: 'Stopped: mail of {{ loop.sender }}',
    body: `<p>{{ desk.name }} has stopped mail of <strong>{{ loop.sender }}</strong>, because two machines may be answering each other. {{ problem }}</p>
<p>Further mail of it is suspended, and nothing is lost. It comes in again after an hour of quiet, or when you reset it.</p>
${button('Look at it', '{{ loop.url }}')}`,
  },
  digest: {
    subject: '{{ desk.name }}: your day, {{ date }}',
    body: `<p>Hello {{ agent.name }},</p>
{% if told.size > 0 %}<p><strong>What you were told of and have not read</strong></p>
<ul>{% for item in told %}<li>{{ item.what }}: <a href="{{ item.url }}">{{ item.subject }}</a> [#{{ item.number }}]</li>{% endfor %}</ul>
{% if told_more > 0 %}<p>And {{ told_more }} more in <a href="{{ inbox_url }}">your notifications</a>.</p>{% endif %}{% endif %}
{% if open.size > 0 %}<p><strong>Your open tickets</strong></p>
<ul>{% for item in open %}<li><a href="{{ item.url }}">{{ item.subject }}</a> [#{{ item.number }}], {{ item.requester }}{% if item.waits %}, waits since {{ item.waits }}{% endif %}{% if item.due %}, due {{ item.due }}{% endif %}</li>{% endfor %}</ul>
{% if open_more > 0 %}<p>And {{ open_more }} more.</p>{% endif %}{% endif %}
${button('Open your tickets', '{{ queue_url }}')}
<p>You get this once a day because you asked for it in your preferences.</p>`,
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
