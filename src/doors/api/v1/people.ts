import { z } from 'zod'
import { forbidden } from '#core/errors.ts'
import { undeliverableReason } from '#people/dead-addresses.ts'
import { changeEndUser } from '#people/end-user-accounts.ts'
import { findOrCreateEndUser } from '#people/end-users.ts'
import { accessPerson, findPeople } from '#tickets/find-people.ts'
import { reviveAddress } from '#tickets/revive-address.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { PersonShape, pageOf, pageQuery } from './shapes.ts'

const TAG = 'People'

const list = endpoint(
  {
    method: 'GET',
    path: '/people',
    summary: 'List the people behind the tickets that the token may read',
    tag: TAG,
    scope: 'people:read',
    query: pageQuery.extend({ email: z.string().max(254).optional() }),
    answer: pageOf(PersonShape),
  },
  async ({ ctx, ids, query }) => {
    const page = await findPeople(ctx, { address: query.email ?? null, cursor: query.cursor ?? null, limit: query.limit })
    return {
      data: page.rows.map((person) => ({ id: ids.write('person', person.id), name: person.name, email: person.address })),
      next: page.next,
    }
  },
)

const show = endpoint(
  {
    method: 'GET',
    path: '/people/{person}',
    ids: { person: 'person' },
    summary: 'Read a person',
    tag: TAG,
    scope: 'people:read',
    answer: PersonShape.extend({ undeliverable: z.string().nullable().describe('Why mail to the address came back lately') }),
  },
  async ({ ctx, ids, path }) => {
    const person = await accessPerson(ctx, path.person!)
    return {
      id: ids.write('person', person.id),
      name: person.name,
      email: person.address,
      undeliverable: await undeliverableReason(ctx, person.address),
    }
  },
)

const make = endpoint(
  {
    method: 'POST',
    path: '/people',
    summary: 'Add a person, or find the one with that address',
    tag: TAG,
    scope: 'people:write',
    body: z.object({ email: z.string().trim().max(254), name: z.string().trim().max(120).default('') }),
    madeAt: '/people',
    answer: PersonShape,
  },
  async ({ ctx, ids, body }) => {
    if (!ctx.actor.may('ticket.people')) throw forbidden()
    const person = await findOrCreateEndUser(ctx, { address: body.email, name: body.name })
    return { id: ids.write('person', person.id), name: person.name, email: body.email.toLowerCase() }
  },
)

const patch = endpoint(
  {
    method: 'PATCH',
    path: '/people/{person}',
    ids: { person: 'person' },
    summary: "Change a person's name (administrators)",
    tag: TAG,
    scope: 'people:write',
    body: z.object({ name: z.string().trim().min(1).max(120) }),
    answer: PersonShape,
  },
  async ({ ctx, ids, path, body }) => {
    await changeEndUser(ctx, path.person!, { name: body.name })
    const person = await accessPerson(ctx, path.person!)
    return { id: ids.write('person', person.id), name: person.name, email: person.address }
  },
)

const revive = endpoint(
  {
    method: 'DELETE',
    path: '/people/{person}/undeliverable',
    ids: { person: 'person' },
    summary: 'Say that the address of a person works again, after mail to it came back',
    tag: TAG,
    scope: 'people:write',
    status: 204,
    answer: null,
  },
  async ({ ctx, path }) => {
    await reviveAddress(ctx, path.person!)
  },
)

export const peopleEndpoints: readonly Endpoint[] = [list, show, make, patch, revive]
