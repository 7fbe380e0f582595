import { readRoles, setGrants } from '#access/roles.ts'
import { addMailbox } from '#channels/change-mailboxes.ts'
import { addSeconds } from '#core/clock.ts'
import type { Context } from '#core/context.ts'
import { changeAgent, createAgent } from '#people/agents.ts'
import { bulkLoadOrganizations, bulkLoadPeople } from '#people/bulk-load-people.ts'
import { changeDepartment, createDepartment, saveTeam } from '#people/departments.ts'
import { defaultDepartment } from '#people/directory.ts'
import { changeSettings } from '#settings/change-settings.ts'
import { hashPassword } from '#sign-in/password.ts'
import type { DemoPerson, DemoRole } from './demo-desk.ts'
import { FRONT_SERVER } from './raw-mail.ts'

export const DOMAIN = 'harbourcoffee.example'
export type Language = 'en' | 'de' | 'fr' | 'es' | 'ja'
export type DepartmentKey = 'support' | 'billing' | 'it'

interface AgentCard {
  name: string
  administrator?: boolean
  grants: Partial<Record<DepartmentKey, 'manager' | 'agent' | 'light'>>
  /** Whose part a visitor can take with one click. */
  plays?: DemoRole
  signature?: string
}

const everywhere = (role: 'manager' | 'agent'): AgentCard['grants'] => ({ support: role, billing: role, it: role })

export const agents = {
  ada: { name: 'Ada Brandt', administrator: true, grants: everywhere('manager'), plays: 'administrator' },
  mona: {
    name: 'Mona Lindqvist',
    grants: everywhere('manager'),
    plays: 'lead',
    signature: 'Mona Lindqvist\nTeam lead, Harbour Coffee',
  },
  sam: { name: 'Sam Okafor', grants: everywhere('agent'), plays: 'agent', signature: 'Sam\nHarbour Coffee' },
  jonas: { name: 'Jonas Keller', grants: { support: 'agent', it: 'agent' }, signature: 'Jonas Keller\nHarbour Coffee' },
  ines: {
    name: 'Inês Duarte',
    grants: { support: 'agent', billing: 'agent' },
    signature: 'Inês Duarte\nBilling, Harbour Coffee',
  },
  theo: { name: 'Theo Lambert', grants: { support: 'light' } },
} satisfies Record<string, AgentCard>
export type AgentKey = keyof typeof agents

interface OrganizationCard {
  name: string
  domain: string
  language: Language
  people: readonly string[]
}

/** Eight organizations with five people each. Local parts are made of the names. */
export const organizations: readonly OrganizationCard[] = [
  {
    name: 'Harbour Coffee shops',
    domain: 'shops.harbourcoffee.example',
    language: 'en',
    people: ['Priya Raman', 'Callum Reid', 'Bea Thornton', 'Kwame Mensah', 'Ellie Marsh'],
  },
  {
    name: 'Northgate Offices',
    domain: 'northgate.example',
    language: 'en',
    people: ['Oliver Grant', 'Grace Mbeki', 'Hannah Doyle', 'Tariq Aziz', 'Rosie Whitlock'],
  },
  {
    name: 'The Anchor Hotel Group',
    domain: 'anchorhotels.example',
    language: 'en',
    people: ['Leila Haddad', 'Noah Fraser', 'Imogen Clarke', 'Dmitri Volkov', 'Aoife Byrne'],
  },
  {
    name: 'Café Morgenrot GmbH',
    domain: 'cafe-morgenrot.example',
    language: 'de',
    people: ['Jule Petersen', 'Friedrich Baumann', 'Ayşe Demir', 'Katrin Vogel', 'Lukas Hoffmann'],
  },
  {
    name: 'Mensa Nordhafen',
    domain: 'mensa-nordhafen.example',
    language: 'de',
    people: ['Renate Schulz', 'Malte Brinkmann', 'Svenja Claasen', 'Torsten Wiebe', 'Mareike Albers'],
  },
  {
    name: 'Boulangerie Lacroix',
    domain: 'lacroix.example',
    language: 'fr',
    people: ['Camille Lacroix', 'Julien Morel', 'Sophie Garnier', 'Mathieu Rousseau', 'Élodie Bertrand'],
  },
  {
    name: 'Librería del Puerto',
    domain: 'delpuerto.example',
    language: 'es',
    people: ['Lucía Fernández', 'Javier Ortega', 'Marta Iglesias', 'Pablo Navarro', 'Carmen Ruiz'],
  },
  {
    name: '喫茶あおい',
    domain: 'kissa-aoi.example',
    language: 'ja',
    people: ['佐藤 花', '田中 美咲', '鈴木 健', '高橋 悠', '伊藤 葵'],
  },
]

const JAPANESE: Record<string, string> = {
  '佐藤 花': 'hana.sato',
  '田中 美咲': 'misaki.tanaka',
  '鈴木 健': 'ken.suzuki',
  '高橋 悠': 'yu.takahashi',
  '伊藤 葵': 'aoi.ito',
}

const SHOPS: Record<string, number> = {
  'Priya Raman': 14,
  'Callum Reid': 22,
  'Bea Thornton': 31,
  'Kwame Mensah': 47,
  'Ellie Marsh': 9,
}

/** `Élodie Bertrand` writes as elodie.bertrand. */
const localPart = (name: string): string =>
  JAPANESE[name] ??
  name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replaceAll('ı', 'i')
    .toLowerCase()
    .replace(/[^a-z]+/g, '.')

export interface Customer {
  id: number
  name: string
  address: string
  organization: string
  language: Language
  /** Number of the shop they run, of those who run one of ours. */
  shop: number | null
}

export interface Cast {
  agents: Record<AgentKey, number>
  departments: Record<DepartmentKey, number>
  mailboxes: Record<DepartmentKey, { id: number; address: string }>
  team: number
  customers: readonly Customer[]
  /** By name; throws for somebody who is not of the cast. */
  customer(name: string): Customer
  people: DemoPerson[]
}

const ROUND_THE_CLOCK = [['00:00', '24:00']] as [string, string][]

/** Settings, departments, mailboxes, agents, a team, and forty customers in eight organizations. */
export async function openCast(ctx: Context): Promise<Cast> {
  const now = ctx.clock.now()
  await changeSettings(ctx, {
    'desk.name': 'Harbour Coffee',
    'setup.completedAt': now.toISOString(),
    // Somebody may look at it on a Sunday night, and then its clocks must run all the same.
    'desk.hours': Object.fromEntries(
      ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, ROUND_THE_CLOCK]),
    ) as never,
    'mail.trustedAuthservIds': [FRONT_SERVER],
    // A forged boss is more instructive on a ticket than among the suspended.
    'mail.onFailed': 'take',
    'loops.perSubjectPerHour': 6,
    'loops.perSenderPerHour': 60,
  })
  const support = await defaultDepartment(ctx)
  const departments = {
    support: support.id,
    billing: (await createDepartment(ctx, { name: 'Billing' })).id,
    it: (await createDepartment(ctx, { name: 'Internal IT', isPublic: false })).id,
  }
  const mailboxOf = async (local: string, name: string, department: number) => {
    const address = `${local}@${DOMAIN}`
    return { id: (await addMailbox(ctx, { address, name, department })).id, address }
  }
  const mailboxes = {
    support: await mailboxOf('support', 'Harbour Coffee', departments.support),
    billing: await mailboxOf('billing', 'Harbour Coffee Billing', departments.billing),
    it: await mailboxOf('it', 'Harbour Coffee IT', departments.it),
  }

  const roles = await readRoles(ctx)
  const people: DemoPerson[] = []
  const ids = {} as Record<AgentKey, number>
  const colleagues: [AgentKey, AgentCard][] = Object.entries(agents) as never
  for (const [key, card] of colleagues) {
    const email = `${key}@${DOMAIN}`
    const password = card.plays ? ctx.random.bytes(9).toString('base64url') : null
    const { id } = await createAgent(
      ctx,
      { name: card.name, email, administrator: card.administrator ?? false },
      password ? await hashPassword(password) : null,
    )
    await setGrants(
      ctx,
      id,
      Object.entries(card.grants).map(([department, role]) => ({
        department: departments[department as DepartmentKey],
        role: roles.find((one) => one.key === role)!.id,
      })),
    )
    if (card.signature) await changeAgent(ctx, id, { signature: card.signature })
    if (card.plays) people.push({ role: card.plays, name: card.name, email, id, password })
    ids[key] = id
  }
  await changeAgent(ctx, ids.ines, { awayUntil: addSeconds(now, 4 * 86_400) })
  await changeDepartment(ctx, departments.support, { managerId: ids.mona, signature: 'Harbour Coffee · Quay 7' })
  const team = (await saveTeam(ctx, null, { name: 'Machines', leadId: ids.mona, members: [ids.mona, ids.sam, ids.jonas] })).id

  const organizationIds = await bulkLoadOrganizations(
    ctx,
    organizations.map(({ name, domain }) => ({ name, domains: [domain], createdAt: addSeconds(now, -400 * 86_400) })),
  )
  const cards = organizations.flatMap((organization, index) =>
    organization.people.map((name) => ({
      name,
      address: `${localPart(name)}@${organization.domain}`,
      organization: organization.name,
      organizationId: organizationIds[index]!,
      language: organization.language,
      shop: SHOPS[name] ?? null,
      createdAt: addSeconds(now, -(60 + index * 30) * 86_400),
    })),
  )
  const customerIds = await bulkLoadPeople(ctx, cards)
  const customers = cards.map((card, index) => ({ ...card, id: customerIds[index]! }))
  const customer = (name: string): Customer => {
    const found = customers.find((one) => one.name === name)
    if (!found) throw new Error(`${name} is not of the cast`)
    return found
  }
  const visitor = customer('Priya Raman')
  people.push({ role: 'customer', name: visitor.name, email: visitor.address, id: visitor.id, password: null })
  return { agents: ids, departments, mailboxes, team, customers, customer, people }
}
