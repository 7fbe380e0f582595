import type { RouterContextProvider } from 'react-router'
import { demoOf } from '#demo/demo-desk.ts'
import { deskHealth } from '#upkeep/desk-health.ts'
import { ctxOf, pageOf } from './context.ts'
import type { DeskBar } from './ui/desk-bars.tsx'
import { exactTime } from './ui/moment.tsx'

/** What an administrator must know wherever they are; nothing for others. */
export async function loadDeskBars(context: Readonly<RouterContextProvider>): Promise<DeskBar[]> {
  const ctx = ctxOf(context)
  if (!ctx.actor.administrator) return []
  const { t, timeZone } = pageOf(context)
  const { loopback, failing, secrets, held, diskLeft } = await deskHealth(ctx)
  const bars: DeskBar[] = []
  if (diskLeft !== null)
    bars.push({ tone: 'danger', text: t('common.bars.disk', { megabytes: Math.floor(diskLeft / 1e6) }), to: null })
  for (const { id, address, trouble, troubleSince } of failing) {
    const since = troubleSince ? exactTime(troubleSince.toISOString(), ctx.locale, timeZone) : ''
    const problem = t.at(`mail.trouble.${trouble!.key}`, trouble!.params)
    bars.push({
      tone: 'danger',
      text: t('common.bars.failing', { address, since, problem }),
      to: `/admin/mailboxes?edit=${id}`,
    })
  }
  for (const { mailbox, address, provider, expiresOn, daysLeft } of secrets)
    bars.push({
      tone: daysLeft > 0 ? 'warning' : 'danger',
      text: t(daysLeft > 0 ? 'admin.oauth.secretEnds' : 'admin.oauth.secretEnded', { address, provider, day: expiresOn }),
      to: `/admin/mailboxes?edit=${mailbox}`,
    })
  if (held > 0)
    bars.push({ tone: 'danger', text: t('common.bars.held', { count: held }), to: '/admin/log?way=outbound&state=held' })
  // Of a demonstration that is the point.
  if (loopback && !demoOf(ctx))
    bars.push({ tone: 'warning', text: t('common.bars.loopback', { address: loopback }), to: '/admin/company' })
  return bars
}
