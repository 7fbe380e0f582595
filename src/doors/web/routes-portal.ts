import type { RouteConfig } from '@react-router/dev/routes'

export const portalRoutes = [] satisfies RouteConfig
