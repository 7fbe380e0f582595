import { index, layout, type RouteConfigEntry, route } from '@react-router/dev/routes'

export const portalRoutes: RouteConfigEntry[] = [
  layout('pages/portal/frame.tsx', [
    index('pages/portal/home.tsx'),
    route('open', 'pages/portal/open.tsx'),
    route('open/sent', 'pages/portal/sent.tsx'),
    route('check', 'pages/portal/check.tsx'),
    route('tickets', 'pages/portal/requests.tsx'),
    route('tickets/:number', 'pages/portal/request.tsx'),
    route('agent/tickets/:number/as-customer', 'pages/portal/as-customer.tsx'),
    route('files/:id/:name', 'pages/portal/file-link.tsx'),
    route('sign-in', 'pages/auth/sign-in.tsx'),
    route('sign-in/forgot', 'pages/auth/forgot.tsx'),
    route('sign-in/reset', 'pages/auth/reset.tsx'),
    route('sign-in/link', 'pages/auth/by-link.tsx'),
    route('sign-in/register', 'pages/auth/register.tsx'),
    route('sign-in/confirm', 'pages/auth/confirm.tsx'),
    route('sign-in/invitation', 'pages/auth/invitation.tsx'),
    route('account', 'pages/auth/account.tsx'),
  ]),
  route('sign-out', 'pages/auth/sign-out.tsx'),
  route('setup/self-test', 'pages/setup/self-test.ts'),
  layout('pages/setup/frame.tsx', [
    route('setup', 'pages/setup/start.tsx'),
    route('setup/desk', 'pages/setup/desk.tsx'),
    route('setup/hours', 'pages/setup/hours.tsx'),
    route('setup/administrator', 'pages/setup/administrator.tsx'),
    route('setup/mailbox', 'pages/setup/mailbox.tsx'),
    route('setup/colleagues', 'pages/setup/colleagues.tsx'),
  ]),
]
