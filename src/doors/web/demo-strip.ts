import type { Context } from '#core/context.ts'
import { type DemoRole, demoOf, demoRoles } from '#demo/demo-desk.ts'
import { roleOf } from '#demo/look-as.ts'
import type { DemoStripView } from './ui/demo-strip.tsx'

/** What the strip shows; null on a desk in earnest. */
export function demoStripOf(ctx: Context): DemoStripView | null {
  const world = demoOf(ctx)?.world
  if (!world) return null
  const nameOf = (role: DemoRole): string => world.people.find((one) => one.role === role)?.name ?? ''
  return { role: roleOf(ctx, world), people: demoRoles.map((role) => ({ role, name: nameOf(role) })) }
}
