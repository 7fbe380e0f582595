import { cutChars, oneLine } from './decode-text.ts'

/** What a calendar part says (RFC 5545, RFC 5546), as far as a person needs it to know what and when. */
export type CalendarNotice = {
  kind: 'calendar'
  /** invitation: somebody is asked; cancelled; answer: somebody accepts or declines; event: none of these. */
  what: 'invitation' | 'cancelled' | 'answer' | 'event'
  summary: string
  /** As written: `2025-06-02` for whole days, else `2025-06-02 09:58`; with the name of the zone, 'UTC', or '' for local time. */
  start: string
  end: string
  zone: string
  location: string
  /** METHOD:REPLY: accepted, declined, tentative … */
  answer: string
}

/** The first event of a calendar; null when there is none. `declared` is the method of the Content-Type, for parts that forget theirs. Looks at the first 200 000 characters. */
export function readCalendar(source: string, declared = ''): CalendarNotice | null {
  const lines = source
    .slice(0, 200_000)
    .replace(/\r\n?/g, '\n')
    .replace(/\n[ \t]/g, '')
    .split('\n', 5_000)
  let method = declared.trim().toUpperCase()
  let inside = ''
  const fields = new Map<string, { params: string; value: string }>()
  for (const line of lines) {
    const match = /^([A-Za-z-]{1,40})((?:;[^:"]{0,200}(?:"[^"]{0,200}")?){0,20}):(.*)$/.exec(line.slice(0, 4_000))
    if (!match) continue
    const name = (match[1] ?? '').toUpperCase()
    const value = match[3] ?? ''
    if (name === 'METHOD') method = value.trim().toUpperCase()
    else if (name === 'BEGIN') inside ||= /^\s*(VEVENT|VTODO)\s*$/i.test(value) ? value.trim().toUpperCase() : ''
    else if (name === 'END' && inside && value.trim().toUpperCase() === inside) break
    else if (inside && !fields.has(name)) fields.set(name, { params: match[2] ?? '', value })
  }
  const start = fields.get('DTSTART')
  const summary = plain(fields.get('SUMMARY')?.value ?? '')
  if (!inside || (!start && !summary)) return null
  const status = (fields.get('STATUS')?.value ?? '').trim().toUpperCase()
  return {
    kind: 'calendar',
    what:
      method === 'CANCEL' || status === 'CANCELLED'
        ? 'cancelled'
        : method === 'REPLY' || method === 'COUNTER'
          ? 'answer'
          : method === 'REQUEST' || method === 'ADD'
            ? 'invitation'
            : 'event',
    summary,
    start: moment(start?.value ?? ''),
    end: moment(fields.get('DTEND')?.value ?? fields.get('DUE')?.value ?? ''),
    zone: /Z\s*$/.test(start?.value ?? '') ? 'UTC' : oneLine(/TZID="?([^";:]{1,80})/i.exec(start?.params ?? '')?.[1] ?? '', 80),
    location: plain(fields.get('LOCATION')?.value ?? ''),
    answer:
      method === 'REPLY' ? (/PARTSTAT=([A-Z-]{3,20})/i.exec(fields.get('ATTENDEE')?.params ?? '')?.[1] ?? '').toLowerCase() : '',
  }
}

/** RFC 5545 section 3.3.11: escapes of a text. */
function plain(value: string): string {
  return cutChars(oneLine(value.replace(/\\[nN]/g, ' ').replace(/\\([\\;,])/g, '$1'), 1_000), 300)
}

function moment(value: string): string {
  const match = /^\s*(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2}))?/.exec(value)
  if (!match) return ''
  const day = `${match[1]}-${match[2]}-${match[3]}`
  return match[4] === undefined ? day : `${day} ${match[4]}:${match[5]}`
}
