import { beforeAll, describe, expect, it } from 'vitest'
import { readSession, sessionsOf } from '#access/sessions.ts'
import { sweepAccess } from '#access/sweep-access.ts'
import { actingAs, type Context } from '#core/context.ts'
import { hashToken } from '#core/signing.ts'
import { createAgent } from '#people/agents.ts'
import { findOrCreateEndUser } from '#people/end-users.ts'
import { acceptInvitation, inviteAgain, inviteAgent } from '#sign-in/invitations.ts'
import { clientOf } from '#sign-in/limits.ts'
import {
  askForReset,
  askForSignInLink,
  confirmRegistration,
  mailSignInLink,
  register,
  type SignInMail,
  signInByLink,
} from '#sign-in/mailed-links.ts'
import { hashPassword } from '#sign-in/password.ts'
import { changePassword, resetPassword } from '#sign-in/passwords.ts'
import { signIn, signOutEverywhere } from '#sign-in/sign-in.ts'
import { openTestContext, type TestContext } from '../world/context.ts'

const good = 'grinder smells burnt'
const other = 'second cup of coffee'
let world: TestContext
let agent: number
let people = 0

const from = (address: string): Context => ({ ...world, request: { id: 'r', address, userAgent: 'test' } })
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'fine',
    (error: { code: string; key: string; problems: { key: string }[] }) => error.problems[0]?.key ?? error.key,
  )

/** Runs the questions that wait, as the worker does, and forgets them. */
async function runMails(ctx: Context): Promise<number> {
  const { sql } = await import('kysely')
  const { rows } = await sql<{ payload: SignInMail; id: string }>`select j.id, j.payload from graphile_worker._private_jobs j
    join graphile_worker._private_tasks t on t.id = j.task_id where t.identifier = 'send-sign-in-mail' order by j.id`.execute(
    ctx.db,
  )
  for (const row of rows) await mailSignInLink(ctx, row.payload)
  await sql`delete from graphile_worker._private_jobs`.execute(ctx.db)
  return rows.length
}

interface Mail {
  to: string
  subject: string
  text: string
  token: string
}

async function mailsTo(address: string): Promise<Mail[]> {
  const rows = await world.db
    .selectFrom('outbound_message')
    .select('content')
    .where('recipient', '=', address)
    .orderBy('id')
    .execute()
  return rows.map((row) => {
    const content = row.content as { to: { address: string }[]; subject: string; text: string }
    return {
      to: content.to[0]!.address,
      subject: content.subject,
      text: content.text,
      token: /token=([\w-]+)/.exec(content.text)?.[1] ?? '',
    }
  })
}

async function customer(): Promise<{ id: number; address: string }> {
  const address = `kim${++people}@customer.example`
  const { id } = await findOrCreateEndUser(world, { address, name: 'Kim' })
  return { id, address }
}

beforeAll(async () => {
  world = await openTestContext()
  agent = (await createAgent(world, { name: 'Ada', email: 'ada@desk.example', administrator: true }, await hashPassword(good))).id
})

describe('signing in by password', () => {
  it('starts a session whose token is nowhere in the database', async () => {
    const { token, as } = await signIn(from('10.0.0.1'), { email: 'ada@desk.example', password: good }, null)
    expect(as).toBe('agent')
    const session = await readSession(world, token)
    expect(session?.actor).toMatchObject({ kind: 'agent', id: agent, administrator: true })
    const rows = await world.db.selectFrom('session').selectAll().execute()
    expect(JSON.stringify(rows)).not.toContain(token)
    expect(rows.map((row) => row.token_hash)).toContain(hashToken(token))
  })

  it('ends the session the browser came with, so that a planted one is worth nothing', async () => {
    const planted = await signIn(from('10.0.0.1'), { email: 'ada@desk.example', password: good }, null)
    const fresh = await signIn(from('10.0.0.1'), { email: 'ada@desk.example', password: good }, planted.token)
    expect(fresh.token).not.toBe(planted.token)
    expect(await readSession(world, planted.token)).toBeNull()
  })

  it('says the same for a wrong password, an unknown account, an unconfirmed one and one without a password', async () => {
    const silent = await customer()
    for (const email of ['ada@desk.example', 'nobody@desk.example', silent.address]) {
      expect(await codeOf(signIn(from('10.0.0.2'), { email, password: 'wrong' }, null))).toBe('signInFailed')
    }
  })

  it('works as long for an unknown account as for a known one', async () => {
    const time = async (email: string): Promise<number> => {
      let best = Number.POSITIVE_INFINITY
      for (let n = 0; n < 4; n++) {
        const start = performance.now()
        await codeOf(signIn(from('10.0.0.3'), { email, password: 'wrong wrong wrong' }, null))
        best = Math.min(best, performance.now() - start)
      }
      return best
    }
    const [known, unknown] = [await time('ada@desk.example'), await time('nobody-at-all@desk.example')]
    // Hashing is by far the larger part; an answer without it would come in a fifth of the time.
    expect(unknown).toBeGreaterThan(known / 3)
  })

  it('stops guessing at one account from one client, which locks its owner out nowhere else', async () => {
    world.clock.advance(3600)
    const guess = (address: string) => codeOf(signIn(from(address), { email: 'ada@desk.example', password: 'x' }, null))
    const answers: string[] = []
    for (let n = 0; n < 12; n++) answers.push(await guess('10.1.0.1'))
    expect(answers.filter((answer) => answer === 'tooMany')).toHaveLength(2)
    expect(await codeOf(signIn(from('10.1.0.2'), { email: 'ada@desk.example', password: good }, null))).toBe('fine')
    world.clock.advance(901)
    expect(await guess('10.1.0.1')).toBe('signInFailed')
  })

  it('stops guessing at one account from everywhere at once', async () => {
    world.clock.advance(3600)
    const answers: string[] = []
    for (let n = 0; n < 102; n++) {
      answers.push(await codeOf(signIn(from(`10.9.${n}.1`), { email: 'guessed@desk.example', password: '' }, null)))
    }
    expect(answers.filter((answer) => answer === 'tooMany')).toHaveLength(2)
  })

  it('stops trying many accounts from one address, a /64 of IPv6 counting as one', async () => {
    world.clock.advance(3600)
    const answers: string[] = []
    const tries = Array.from({ length: 62 }, (_, n) => n)
    for (const n of tries)
      answers.push(await codeOf(signIn(from(`2001:db8::1:${n}`), { email: `spray${n}@desk.example`, password: '' }, null)))
    expect(answers.filter((answer) => answer === 'tooMany')).toHaveLength(2)
    expect(clientOf(from('2001:db8:0:1:aaaa::1'))).toBe(clientOf(from('2001:db8:0:1:bbbb:0:0:2')))
    expect(clientOf(from('2001:db8:0:2::1'))).not.toBe(clientOf(from('2001:db8:0:1::1')))
  })
})

describe('a mailed link', () => {
  it('answers alike whether or not the account exists, and mails only to those who have one', async () => {
    const { address } = await customer()
    for (const email of [address, 'unknown@customer.example']) {
      expect(await codeOf(askForReset(from('10.2.0.1'), { email }))).toBe('fine')
      expect(await codeOf(askForSignInLink(from('10.2.0.1'), { email }))).toBe('fine')
    }
    expect(await runMails(world)).toBe(4)
    expect((await mailsTo(address)).map((mail) => mail.subject)).toHaveLength(2)
    expect(await mailsTo('unknown@customer.example')).toEqual([])
  })

  it('signs a customer in once, and not after an hour', async () => {
    const { id, address } = await customer()
    await mailSignInLink(world, { mail: 'link', address })
    await mailSignInLink(world, { mail: 'link', address })
    const [first, second] = await mailsTo(address)
    const { token } = await signInByLink(from('10.2.0.2'), first!.token, null)
    expect((await readSession(world, token))?.actor).toMatchObject({ kind: 'user', id })
    expect(await codeOf(signInByLink(from('10.2.0.2'), first!.token, null))).toBe('linkSpent')
    world.clock.advance(3601)
    expect(await codeOf(signInByLink(from('10.2.0.2'), second!.token, null))).toBe('linkSpent')
  })

  it('of one purpose is worth nothing for another', async () => {
    const { address } = await customer()
    await mailSignInLink(world, { mail: 'link', address })
    const [mail] = await mailsTo(address)
    expect(await codeOf(resetPassword(from('10.2.0.3'), mail!.token, { password: other }, null))).toBe('linkSpent')
    expect(await codeOf(confirmRegistration(from('10.2.0.3'), mail!.token, { password: '' }, null))).toBe('linkSpent')
    expect(await codeOf(acceptInvitation(from('10.2.0.3'), mail!.token, { password: other }, null))).toBe('linkSpent')
  })

  it('fills nobody’s mailbox', async () => {
    const { address } = await customer()
    const answers: string[] = []
    for (let n = 0; n < 7; n++) answers.push(await codeOf(askForSignInLink(from(`10.3.0.${n}`), { email: address })))
    expect(answers).toEqual(['fine', 'fine', 'fine', 'fine', 'fine', 'tooMany', 'tooMany'])
  })
})

describe('a reset', () => {
  it('ends every session, works once, tells the person, and keeps the wrong password wrong', async () => {
    world.clock.advance(3600)
    const { id } = await createAgent(world, { name: 'Sam', email: 'sam@desk.example' }, await hashPassword(good))
    const stolen = await signIn(from('10.4.0.1'), { email: 'sam@desk.example', password: good }, null)
    await mailSignInLink(world, { mail: 'reset', address: 'sam@desk.example' })
    const [mail] = await mailsTo('sam@desk.example')
    expect(await codeOf(resetPassword(from('10.4.0.1'), mail!.token, { password: 'short' }, null))).toBe('passwordShort')
    const both = await Promise.allSettled([
      resetPassword(from('10.4.0.1'), mail!.token, { password: other }, null),
      resetPassword(from('10.4.0.2'), mail!.token, { password: `${other}!` }, null),
    ])
    expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(await readSession(world, stolen.token)).toBeNull()
    expect(await sessionsOf(world, { agent: id })).toHaveLength(1)
    expect(await codeOf(signIn(from('10.4.0.1'), { email: 'sam@desk.example', password: good }, null))).toBe('signInFailed')
    expect((await mailsTo('sam@desk.example')).at(-1)!.subject).toContain('was changed')
  })
})

describe('a change of password', () => {
  it('asks for the current one, ends the other sessions, and answers with a fresh one', async () => {
    world.clock.advance(3600)
    await createAgent(world, { name: 'Max', email: 'max@desk.example' }, await hashPassword(good))
    const elsewhere = await signIn(from('10.5.0.1'), { email: 'max@desk.example', password: good }, null)
    const here = await signIn(from('10.5.0.1'), { email: 'max@desk.example', password: good }, null)
    const ctx = actingAs(from('10.5.0.1'), (await readSession(world, here.token))!.actor)
    expect(await codeOf(changePassword(ctx, { current: 'wrong', password: other }))).toBe('passwordWrong')
    expect(await codeOf(changePassword(ctx, { current: good, password: other, again: 'not the same' }))).toBe('passwordsDiffer')
    const fresh = await changePassword(ctx, { current: good, password: other })
    expect(await readSession(world, elsewhere.token)).toBeNull()
    expect(await readSession(world, here.token)).toBeNull()
    expect(await readSession(world, fresh.token)).not.toBeNull()
    await signOutEverywhere(ctx)
    expect(await readSession(world, fresh.token)).toBeNull()
  })
})

describe('a registration', () => {
  it('begins when the address is confirmed, not before', async () => {
    const address = 'new@customer.example'
    await register(from('10.6.0.1'), { name: 'New', email: address })
    await runMails(world)
    const [mail] = await mailsTo(address)
    expect(await codeOf(confirmRegistration(from('10.6.0.1'), mail!.token, { password: 'short' }, null))).toBe('passwordShort')
    const { as } = await confirmRegistration(from('10.6.0.1'), mail!.token, { password: good }, null)
    expect(as).toBe('user')
    expect((await signIn(from('10.6.0.1'), { email: address, password: good }, null)).as).toBe('user')
  })

  it('does not take over an account that exists: its owner gets a sign-in link', async () => {
    const { address } = await customer()
    await register(from('10.6.0.2'), { name: 'Owner', email: address })
    await runMails(world)
    await confirmRegistration(from('10.6.0.2'), (await mailsTo(address))[0]!.token, { password: good }, null)
    await register(from('10.6.0.3'), { name: 'Stranger', email: address })
    await runMails(world)
    expect((await mailsTo(address)).at(-1)!.subject).toContain('sign-in link')
    expect((await signIn(from('10.6.0.2'), { email: address, password: good }, null)).as).toBe('user')
  })
})

describe('an invitation', () => {
  it('is for administrators to send, good once and for seven days, and a new one ends the old', async () => {
    const ctx = actingAs(world, { ...world.actor, administrator: false })
    expect(await codeOf(inviteAgent(ctx, { name: 'X', email: 'x@desk.example' }))).toBe('forbidden')
    const { id } = await inviteAgent(world, { name: 'Noor', email: 'noor@desk.example' })
    await inviteAgain(world, id)
    const [first, second] = await mailsTo('noor@desk.example')
    expect(await codeOf(acceptInvitation(from('10.7.0.1'), first!.token, { password: other }, null))).toBe('linkSpent')
    world.clock.advance(6 * 86_400)
    expect((await acceptInvitation(from('10.7.0.1'), second!.token, { password: other }, null)).as).toBe('agent')
    expect(await codeOf(acceptInvitation(from('10.7.0.1'), second!.token, { password: other }, null))).toBe('linkSpent')
    expect(await codeOf(inviteAgain(world, id))).toBe('invitationAccepted')
  })
})

describe('what has had its time', () => {
  it('is removed: sessions and links a day after their end, and nothing before', async () => {
    await sweepAccess(world)
    const { token } = await signIn(from('10.8.0.1'), { email: 'ada@desk.example', password: good }, null)
    await mailSignInLink(world, { mail: 'reset', address: 'ada@desk.example' })
    await sweepAccess(world)
    expect(await readSession(world, token)).not.toBeNull()
    world.clock.advance(16 * 86_400)
    await sweepAccess(world)
    expect(await world.db.selectFrom('session').select('id').where('agent_id', '=', agent).execute()).toEqual([])
    expect(await world.db.selectFrom('one_time_token').select('id').where('purpose', '=', 'reset').execute()).toEqual([])
  })
})
