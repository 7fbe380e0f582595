import { z } from 'zod'
import { invalid } from '#core/errors.ts'
import { readDirectory } from '#people/directory.ts'
import { referTicket, removeReferral } from '#tickets/referrals.ts'
import { accessTicket } from '#tickets/ticket-access.ts'
import { type Call, type Endpoint, endpoint } from '../endpoint.ts'
import { idText } from '../public-id.ts'
import { DepartmentShape, pageOf } from './shapes.ts'

const TAG = 'Referrals'

const referrals = async ({ ctx, ids, path }: Pick<Call<null, null>, 'ctx' | 'ids' | 'path'>) => {
  const ticket = await accessTicket(ctx, { id: path.ticket! }, 'ticket.view')
  const { departments } = await readDirectory(ctx)
  return {
    data: departments
      .filter((one) => ticket.referredTo.includes(one.id))
      .map((one) => ({ id: ids.write('department', one.id), name: one.name, isPublic: one.isPublic })),
    next: null,
  }
}

const list = endpoint(
  {
    method: 'GET',
    path: '/tickets/{ticket}/referrals',
    ids: { ticket: 'ticket' },
    summary: 'Departments that a ticket is shared with',
    tag: TAG,
    scope: 'tickets:read',
    answer: pageOf(DepartmentShape),
  },
  referrals,
)

const add = endpoint(
  {
    method: 'POST',
    path: '/tickets/{ticket}/referrals',
    ids: { ticket: 'ticket' },
    summary: 'Share a ticket with a department: it may see it and add notes',
    tag: TAG,
    scope: 'tickets:write',
    body: z.object({ department: idText('department') }),
    answer: pageOf(DepartmentShape),
  },
  async (call) => {
    const department = call.ids.peek('department', call.body.department)
    if (department === null) throw invalid('/department', 'unknownChoice')
    await referTicket(call.ctx, { id: call.path.ticket! }, { department })
    return referrals(call)
  },
)

const drop = endpoint(
  {
    method: 'DELETE',
    path: '/tickets/{ticket}/referrals/{department}',
    ids: { ticket: 'ticket', department: 'department' },
    summary: 'No longer share a ticket with a department',
    tag: TAG,
    scope: 'tickets:write',
    status: 204,
    answer: null,
  },
  async ({ ctx, path }) => void (await removeReferral(ctx, { id: path.ticket! }, path.department!)),
)

export const referralEndpoints: readonly Endpoint[] = [list, add, drop]
