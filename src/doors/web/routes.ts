import type { RouteConfig } from '@react-router/dev/routes'
import { adminRoutes } from './routes-admin.ts'
import { agentRoutes } from './routes-agent.ts'
import { demoRoutes } from './routes-demo.ts'
import { portalRoutes } from './routes-portal.ts'

export default [...portalRoutes, ...agentRoutes, ...adminRoutes, ...demoRoutes] satisfies RouteConfig
