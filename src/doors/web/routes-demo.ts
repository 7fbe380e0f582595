import { layout, prefix, type RouteConfigEntry, route } from '@react-router/dev/routes'

/** Of a demonstration alone: on every other desk each of them says that nothing is there. */
export const demoRoutes: RouteConfigEntry[] = [
  ...prefix('demo', [
    route('look-as', 'pages/demo/look-as.ts'),
    layout('pages/demo/frame.tsx', [
      route('mail', 'pages/demo/mail.tsx'),
      route('outbox', 'pages/demo/outbox.tsx'),
      route('outbox/:id', 'pages/demo/kept-mail.tsx'),
    ]),
  ]),
]
