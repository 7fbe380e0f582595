import { z } from 'zod'
import { readDirectory } from '#people/directory.ts'
import { queueCounts, queueKeys, queues } from '#queues/queues.ts'
import { readHelpTopics } from '#routing/help-topics.ts'
import { readWorkflow } from '#workflow/workflow.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { idText } from '../public-id.ts'
import { AgentShape, DepartmentShape, PriorityShape, pageOf, StatusShape, TeamShape, TopicShape } from './shapes.ts'

const TAG = 'Desk'
const whole = <T>(data: T[]): { data: T[]; next: null } => ({ data, next: null })
const isLive = (one: { isArchived: boolean }): boolean => !one.isArchived

const list = (path: string, summary: string, shape: z.ZodType) => ({
  method: 'GET' as const,
  path,
  summary,
  tag: TAG,
  scope: 'tickets:read' as const,
  answer: pageOf(shape),
})

const departments = endpoint(list('/departments', 'List departments', DepartmentShape), async ({ ctx, ids }) =>
  whole(
    (await readDirectory(ctx)).departments
      .filter(isLive)
      .map(({ id, name, isPublic }) => ({ id: ids.write('department', id), name, isPublic })),
  ),
)

const agents = endpoint(list('/agents', 'List agents', AgentShape), async ({ ctx, ids }) =>
  whole(
    (await readDirectory(ctx)).agents.filter(isLive).map(({ id, name, email }) => ({ id: ids.write('agent', id), name, email })),
  ),
)

const teams = endpoint(list('/teams', 'List teams', TeamShape), async ({ ctx, ids }) =>
  whole((await readDirectory(ctx)).teams.filter(isLive).map(({ id, name }) => ({ id: ids.write('team', id), name }))),
)

const topics = endpoint(list('/topics', 'List help topics', TopicShape), async ({ ctx, ids }) =>
  whole(
    (await readHelpTopics(ctx)).filter(isLive).map(({ id, name, isPublic, departmentId }) => ({
      id: ids.write('topic', id),
      name,
      isPublic,
      department: ids.write('department', departmentId),
    })),
  ),
)

const statuses = endpoint(list('/statuses', 'List statuses', StatusShape), async ({ ctx, ids }) =>
  whole(
    (await readWorkflow(ctx)).statuses
      .filter(isLive)
      .map(({ id, key, name, state }) => ({ id: ids.write('status', id), key, name, state })),
  ),
)

const priorities = endpoint(list('/priorities', 'List priorities, the least urgent first', PriorityShape), async ({ ctx, ids }) =>
  whole(
    (await readWorkflow(ctx)).priorities
      .filter(isLive)
      .map(({ id, key, name, urgency }) => ({ id: ids.write('priority', id), key, name, urgency })),
  ),
)

const queueList = endpoint(
  list(
    '/queues',
    'List queues with the count of tickets in each',
    z.object({ key: z.enum(queueKeys), count: z.number().int().nullable() }),
  ),
  async ({ ctx }) => {
    const counts = await queueCounts(ctx)
    return whole(queues.map(({ key }) => ({ key, count: counts.get(key) ?? null })))
  },
)

const me = endpoint(
  {
    method: 'GET',
    path: '/me',
    summary: 'Whom the token acts as, and what it may do',
    tag: TAG,
    scope: null,
    answer: z.object({
      agent: z.object({ id: idText('agent'), name: z.string(), email: z.string() }),
      administrator: z.boolean(),
      scopes: z.array(z.string()),
    }),
  },
  async ({ ctx, ids, token }) => ({
    agent: { id: ids.write('agent', ctx.actor.id!), name: ctx.actor.name, email: ctx.actor.address },
    administrator: ctx.actor.administrator,
    scopes: token.scopes,
  }),
)

export const deskEndpoints: readonly Endpoint[] = [me, departments, agents, teams, topics, statuses, priorities, queueList]
