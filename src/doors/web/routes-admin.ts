import type { RouteConfig } from '@react-router/dev/routes'

export const adminRoutes = [] satisfies RouteConfig
