import { z } from 'zod'
import type { Endpoint } from './endpoint.ts'
import { Problem } from './problem.ts'
import { idText } from './public-id.ts'

const schema = (type: z.ZodType, io: 'input' | 'output'): object => {
  const { $schema: _, ...rest } = z.toJSONSchema(type, { io, unrepresentable: 'any' })
  return rest
}

/** The description of the API in OpenAPI 3.1, printed from the schemas that the calls are read with. */
export function openApiDocument(endpoints: readonly Endpoint[], server: string): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const endpoint of endpoints) {
    const operations = paths[endpoint.path] ?? {}
    operations[endpoint.method.toLowerCase()] = operation(endpoint)
    paths[endpoint.path] = operations
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tessera',
      version: '1',
      description: 'The help desk over HTTP. Errors are problem documents (RFC 9457), lists page by cursor.',
    },
    servers: [{ url: `${server}/api/v1` }],
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
      schemas: { Problem: schema(Problem, 'output') },
    },
  }
}

function operation(endpoint: Endpoint): object {
  const isWrite = endpoint.method !== 'GET'
  return {
    operationId: `${endpoint.method.toLowerCase()}${endpoint.path.replace(/[{}]/g, '').replace(/\/(\w)/g, (_, letter: string) => letter.toUpperCase())}`,
    summary: endpoint.summary,
    tags: [endpoint.tag],
    ...(endpoint.scope ? { 'x-scope': endpoint.scope, description: `Needs the scope \`${endpoint.scope}\`.` } : {}),
    parameters: [...pathParameters(endpoint), ...queryParameters(endpoint), ...(isWrite ? [idempotencyKey] : [])],
    ...(endpoint.body ? { requestBody: { required: true, content: bodyContent(endpoint) } } : {}),
    responses: {
      [endpoint.status]: {
        description: 'Done',
        ...(endpoint.answer
          ? { content: { 'application/json': { schema: schema(endpoint.answer, 'output') } } }
          : endpoint.status === 204
            ? {}
            : { content: { 'application/octet-stream': {} } }),
      },
      default: {
        description: 'A problem',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  }
}

const pathParameters = (endpoint: Endpoint): object[] =>
  Object.entries(endpoint.ids).map(([name, kind]) => ({
    name,
    in: 'path',
    required: true,
    schema: schema(idText(kind), 'input'),
  }))

function queryParameters(endpoint: Endpoint): object[] {
  if (!endpoint.query) return []
  const { properties = {}, required = [] } = schema(endpoint.query, 'input') as {
    properties?: Record<string, object>
    required?: string[]
  }
  return Object.entries(properties).map(([name, type]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema: type,
  }))
}

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'The same key repeats the first answer and changes nothing.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
}

function bodyContent(endpoint: Endpoint): object {
  const json = { 'application/json': { schema: schema(endpoint.body!, 'input') } }
  if (!endpoint.takesFiles) return json
  return {
    ...json,
    'multipart/form-data': {
      schema: {
        type: 'object',
        properties: {
          body: { type: 'string', contentMediaType: 'application/json', description: 'The call as JSON' },
          file: { type: 'array', items: { type: 'string', contentMediaType: 'application/octet-stream' } },
        },
      },
    },
  }
}
