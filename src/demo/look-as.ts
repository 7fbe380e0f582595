import { startSession } from '#access/sessions.ts'
import type { Context } from '#core/context.ts'
import { notFound } from '#core/errors.ts'
import { type DemoDesk, type DemoRole, type DemoWorld, demoOf } from './demo-desk.ts'

/** The filled demonstration. Errors: NotFound on every other desk. */
export function accessDemo(ctx: Context): { demo: DemoDesk; world: DemoWorld } {
  const demo = demoOf(ctx)
  if (!demo?.world) throw notFound()
  return { demo, world: demo.world }
}

/** A real session of a person of the cast, for one click. Errors: NotFound on a desk that is no demonstration. */
export async function lookAs(ctx: Context, role: DemoRole): Promise<{ token: string; expiresAt: Date }> {
  const { world } = accessDemo(ctx)
  const person = world.people.find((one) => one.role === role)
  if (!person) throw notFound()
  return startSession(ctx, person.role === 'customer' ? { endUser: person.id } : { agent: person.id })
}

/** Which of the cast this session is, if any. */
export function roleOf(ctx: Context, world: DemoWorld): DemoRole | null {
  const { kind, id } = ctx.actor
  if (kind !== 'agent' && kind !== 'user') return null
  return world.people.find((one) => one.id === id && (one.role === 'customer') === (kind === 'user'))?.role ?? null
}
