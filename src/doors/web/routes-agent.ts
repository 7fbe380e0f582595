import { index, layout, type RouteConfigEntry, route } from '@react-router/dev/routes'

const page = (name: string): string => `pages/agent/${name}`

/** The workspace. The frame stays for all of it, the desk (the list) for queues and the tickets opened from them. */
export const agentRoutes: RouteConfigEntry[] = [
  route('agent', page('frame.tsx'), [
    index(page('home.tsx')),
    layout(page('desk.tsx'), [route('queues/:queue', page('queue.tsx')), route('tickets/:number', page('ticket.tsx'))]),
    route('tickets/new', page('new-ticket.tsx')),
    route('search', page('search.tsx')),
    route('inbox', page('inbox.tsx')),
    route('preferences', page('preferences.tsx')),
    // Answers to the pages' own fetches.
    route('list', page('list.ts')),
    route('find', page('find.ts')),
    route('people', page('people.ts')),
    route('bulk', page('bulk.ts')),
    route('undo', page('undo.ts')),
    route('steps', page('steps.ts')),
    route('tickets/:number/merge', page('merge-preview.ts')),
    route('tickets/:number/draft', page('draft.ts')),
    route('tickets/:number/files', page('files.ts')),
    route('tickets/:number/canned', page('canned.ts')),
    route('tickets/:number/presence', page('presence.ts')),
  ]),
]
