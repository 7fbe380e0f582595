import { z } from 'zod'
import { notFound } from '#core/errors.ts'
import { type CannedResponse, CannedResponseInput, readCannedResponses, saveCannedResponse } from '#knowledge/canned-responses.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { idText, type PublicIds } from '../public-id.ts'
import { pageOf } from './shapes.ts'

const TAG = 'Canned responses'

const CannedResponseShape = z.object({
  id: idText('cannedResponse'),
  name: z.string(),
  body: z.string().describe('Plain text with variables such as {{ requester.first_name }}'),
  locale: z.string().nullable().describe('null: any language'),
  departments: z.array(idText('department')).describe('Empty: every department'),
  isArchived: z.boolean(),
})

const draw = (ids: PublicIds, { departments, id, ...one }: CannedResponse) => ({
  ...one,
  id: ids.write('cannedResponse', id),
  departments: departments.map((department) => ids.write('department', department)),
})

const Body = CannedResponseInput.extend({ departments: z.array(idText('department')).max(200).default([]) })

const list = endpoint(
  {
    method: 'GET',
    path: '/canned-responses',
    summary: 'List canned responses',
    tag: TAG,
    scope: 'tickets:read',
    answer: pageOf(CannedResponseShape),
  },
  async ({ ctx, ids }) => ({ data: (await readCannedResponses(ctx)).map((one) => draw(ids, one)), next: null }),
)

const make = endpoint(
  {
    method: 'POST',
    path: '/canned-responses',
    summary: 'Add a canned response (administrators)',
    tag: TAG,
    scope: 'admin',
    body: Body,
    answer: CannedResponseShape,
    status: 201,
  },
  async ({ ctx, ids, body }) => {
    const { id } = await saveCannedResponse(ctx, null, {
      ...body,
      departments: body.departments.map((one) => ids.read('department', one)),
    })
    return draw(ids, (await readCannedResponses(ctx)).find((one) => one.id === id)!)
  },
)

const patch = endpoint(
  {
    method: 'PATCH',
    path: '/canned-responses/{cannedResponse}',
    ids: { cannedResponse: 'cannedResponse' },
    summary: 'Change a canned response, or archive it (administrators)',
    tag: TAG,
    scope: 'admin',
    body: z.object({
      name: z.string().trim().min(1).max(80).optional(),
      body: z.string().trim().min(1).max(20_000).optional(),
      locale: z.string().max(20).nullable().optional(),
      departments: z.array(idText('department')).max(200).optional(),
      archived: z.boolean().optional(),
    }),
    answer: CannedResponseShape,
  },
  async ({ ctx, ids, path, body }) => {
    const before = (await readCannedResponses(ctx)).find((one) => one.id === path.cannedResponse)
    if (!before) throw notFound()
    await saveCannedResponse(ctx, before.id, {
      name: body.name ?? before.name,
      body: body.body ?? before.body,
      locale: body.locale === undefined ? before.locale : body.locale,
      departments: body.departments?.map((one) => ids.read('department', one)) ?? before.departments,
      archived: body.archived ?? before.isArchived,
    })
    return draw(ids, (await readCannedResponses(ctx)).find((one) => one.id === before.id)!)
  },
)

export const cannedResponseEndpoints: readonly Endpoint[] = [list, make, patch]
