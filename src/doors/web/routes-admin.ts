import { index, layout, prefix, type RouteConfigEntry, route } from '@react-router/dev/routes'

export const adminRoutes: RouteConfigEntry[] = [
  layout('pages/admin/frame.tsx', [
    ...prefix('admin', [
      index('pages/admin/overview.tsx'),
      route('company', 'pages/admin/company.tsx'),
      route('portal', 'pages/admin/portal-settings.tsx'),
      route('templates', 'pages/admin/templates.tsx'),
      route('alerts', 'pages/admin/alerts.tsx'),
      route('mailboxes', 'pages/admin/mailboxes.tsx'),
      route('incoming', 'pages/admin/incoming.tsx'),
      route('filters', 'pages/admin/filters.tsx'),
      route('mailboxes/oauth/:provider', 'pages/admin/mailbox-oauth.tsx'),
      route('mailboxes/signed-in', 'pages/admin/signed-in.tsx'),
      route('topics', 'pages/admin/topics.tsx'),
      route('suspended', 'pages/admin/suspended.tsx'),
      route('bans', 'pages/admin/bans.tsx'),
      route('senders', 'pages/admin/senders.tsx'),
      route('signing', 'pages/admin/signing.tsx'),
      route('rules', 'pages/admin/rules.tsx'),
      route('canned', 'pages/admin/canned.tsx'),
      route('statuses', 'pages/admin/statuses.tsx'),
      route('agents', 'pages/admin/agents.tsx'),
      route('departments', 'pages/admin/departments.tsx'),
      route('teams', 'pages/admin/teams.tsx'),
      route('roles', 'pages/admin/roles.tsx'),
      route('tokens', 'pages/admin/tokens.tsx'),
      route('log', 'pages/admin/log.tsx'),
      route('log/:message', 'pages/admin/message.tsx'),
      route('audit', 'pages/admin/audit.tsx'),
    ]),
  ]),
]
