import { type TemplateKey, templateInfo } from './mail-templates.ts'

/** Tails of osTicket's names that choose a form; ours has one, which is its own. */
const NAME_FORMS = '(?:\\.(?:full|short|shortformal|lastfirst|legal|formal|complete|original|initials))?'
const DATE_FORMS = '(?:\\.(?:short|long|full|time|user|system|humanize|relative))*'

/** osTicket's names (its documentation of template variables) and what stands for them here; the first that fits is taken. */
const names: ReadonlyArray<[RegExp, string | ((key: TemplateKey) => string)]> = (
  [
    ['ticket\\.(?:id|number)', 'ticket.number'],
    ['ticket\\.subject', 'ticket.subject'],
    ['ticket\\.(?:user\\.)?name\\.first', 'requester.first_name'],
    ['ticket\\.(?:user\\.)?name\\.last', 'requester.last_name'],
    [`ticket\\.(?:user\\.)?name${NAME_FORMS}`, 'requester.name'],
    ['ticket\\.user', 'requester.name'],
    ['ticket\\.(?:user\\.)?email', 'requester.email'],
    ['ticket\\.status\\.state', 'ticket.state'],
    ['ticket\\.status(?:\\.name)?', 'ticket.status'],
    ['ticket\\.priority', 'ticket.priority'],
    ['ticket\\.source', 'ticket.source'],
    ['ticket\\.topic(?:\\.name)?', 'ticket.topic'],
    ['ticket\\.dept\\.signature', 'signature'],
    ['ticket\\.dept\\.manager(?:\\.name)?', 'ticket.manager'],
    ['ticket\\.dept(?:\\.name)?', 'ticket.department'],
    [`ticket\\.staff(?:\\.name)?${NAME_FORMS}`, 'ticket.assignee'],
    ['ticket\\.staff\\.email', 'ticket.assignee_email'],
    ['ticket\\.staff\\.signature', 'signature'],
    ['ticket\\.assigned', 'ticket.assignee'],
    ['ticket\\.team(?:\\.name)?', 'ticket.team'],
    [`ticket\\.create_date${DATE_FORMS}`, 'ticket.created'],
    [`ticket\\.due_date${DATE_FORMS}`, 'ticket.due'],
    [`ticket\\.close_date${DATE_FORMS}`, 'ticket.closed'],
    [`ticket\\.last_update${DATE_FORMS}`, 'ticket.updated'],
    ['ticket\\.(?:client_link|staff_link|auth_token)', 'ticket.url'],
    ['recipient\\.ticket_link', 'ticket.url'],
    ['ticket\\.thread\\.(?:original|lastmessage|complete)(?:\\.reversed)?', (key) => message(key)],
    ['(?:message|note|comments|response)(?:\\.body)?', (key) => message(key)],
    ['(?:message|response|note)\\.poster(?:\\.name)?', (key) => poster(key)],
    ['(?:message|response|note)\\.create_date(?:\\.\\w+)*', 'last_message_at'],
    [`poster(?:\\.name)?${NAME_FORMS}`, (key) => poster(key)],
    [`assigner(?:\\.name)?${NAME_FORMS}`, 'by'],
    [`assignee(?:\\.name)?${NAME_FORMS}`, 'assigned_to'],
    ['recipient\\.name\\.first', 'requester.first_name'],
    [`recipient(?:\\.name)?${NAME_FORMS}`, (key) => recipient(key)],
    ['(?:staff\\.)?signature', 'signature'],
    [`staff(?:\\.name)?(?:\\.first)?${NAME_FORMS}`, 'agent.name'],
    ['url', 'desk.url'],
    ['company(?:\\.name)?', 'desk.name'],
    ['(?:reset_)?link', 'link'],
  ] as Array<[string, string | ((key: TemplateKey) => string)]>
).map(([pattern, name]) => [new RegExp(`^${pattern}$`), name])

const message = (key: TemplateKey): string => (key === 'reply' ? 'body_html' : 'message_html')
const poster = (key: TemplateKey): string => (templateInfo[key].variables.includes('by') ? 'by' : 'agent.name')
const recipient = (key: TemplateKey): string => (templateInfo[key].audience === 'customer' ? 'requester.name' : 'agent.name')

/** `%{ticket.number}`, and the same with encoded braces as it stands in links. */
const WRITTEN = /%(?:\{|%7b)([A-Za-z_][\w.]{0,80}?)(?:\}|%7d)/gi

/**
 * A template of osTicket in our Liquid. What stands for nothing here is left as it was written, for the check to name with its line.
 * Pure.
 */
export const fromOsticket = (key: TemplateKey, source: string): string =>
  source.replace(WRITTEN, (whole, written: string) => {
    const found = names.find(([pattern]) => pattern.test(written))
    if (!found) return whole
    const name = typeof found[1] === 'string' ? found[1] : found[1](key)
    return name.endsWith('_html') ? `{{ ${name} | raw }}` : `{{ ${name} }}`
  })
