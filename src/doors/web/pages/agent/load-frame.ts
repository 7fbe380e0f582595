import type { RouterContextProvider } from 'react-router'
import { suspendedCount } from '#channels/mail-log.ts'
import { countUnread } from '#notifications/inbox.ts'
import { readDirectory } from '#people/directory.ts'
import { readFirstSteps } from '#people/first-steps.ts'
import { queueCounts, queues } from '#queues/queues.ts'
import { readHelpTopics } from '#routing/help-topics.ts'
import { readSettings } from '#settings/settings.ts'
import { mayCreateTag, readTags } from '#workflow/tags.ts'
import { readWorkflow } from '#workflow/workflow.ts'
import { ctxOf } from '../../context.ts'
import { loadDeskBars } from '../../desk-bars.ts'
import type { FrameView } from './view.ts'

/** What the whole workspace knows. All but the counts come from caches. */
export async function loadFrame(context: Readonly<RouterContextProvider>, request: Request): Promise<FrameView> {
  const ctx = ctxOf(context)
  const [suspended, counts, unread, workflow, directory, topics, bars, tags, mayTag, steps] = await Promise.all([
    suspendedCount(ctx),
    queueCounts(ctx),
    countUnread(ctx),
    readWorkflow(ctx),
    readDirectory(ctx),
    readHelpTopics(ctx),
    loadDeskBars(context),
    readTags(ctx),
    mayCreateTag(ctx),
    readFirstSteps(ctx),
  ])
  const now = ctx.clock.now()
  return {
    me: { id: ctx.actor.id ?? 0, name: ctx.actor.name, email: ctx.actor.address ?? '', administrator: ctx.actor.administrator },
    queues: queues
      // Where nobody may put anything, nothing is to be looked at.
      .filter((queue) => queue.key !== 'trash' || ctx.actor.may('ticket.delete'))
      .map((queue) => ({ key: queue.key, aside: queue.aside, count: counts.get(queue.key) ?? null })),
    statuses: workflow.statuses
      .filter((status) => !status.isArchived)
      .map(({ id, name, key, state, asksReason }) => ({ id, name, key, state, asksReason })),
    priorities: workflow.priorities
      .filter((priority) => !priority.isArchived)
      .map(({ id, name, key, urgency }) => ({ id, name, key, urgency })),
    agents: directory.agents
      .filter((agent) => !agent.isArchived)
      .map((agent) => ({
        id: agent.id,
        name: agent.name,
        email: agent.email,
        away: agent.awayUntil !== null && agent.awayUntil > now,
      })),
    departments: directory.departments.filter((department) => !department.isArchived).map(({ id, name }) => ({ id, name })),
    topics: topics.filter((topic) => !topic.isArchived).map(({ id, name }) => ({ id, name })),
    suspended,
    unread,
    steps,
    bars,
    emptyAfterDays: (await readSettings(ctx))['tickets.emptyPlacesAfterDays'],
    tags: tags.filter((tag) => !tag.isArchived).map(({ id, name, colour }) => ({ id, name, colour })),
    may: {
      create: ctx.actor.may('ticket.create'),
      bulk: ctx.actor.may('ticket.bulk'),
      merge: ctx.actor.may('ticket.merge'),
      remove: ctx.actor.may('ticket.delete'),
      tag: mayTag,
    },
    narrow: /\bMobi/.test(request.headers.get('user-agent') ?? ''),
  }
}
