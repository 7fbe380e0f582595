import { EventEmitter } from 'node:events'
import { type Runner, run, runOnce, type Task, type TaskList, type WorkerEvents } from 'graphile-worker'
import type pg from 'pg'
import { runBulkChunk, runBulkJob } from '#bulk/bulk-run.ts'
import { deliver } from '#channels/deliver.ts'
import { deliverMessage } from '#channels/queue-outbound.ts'
import { receiveMessage as receiveMessageJob } from '#channels/receive-raw.ts'
import { wakeMessages } from '#channels/wake-messages.ts'
import type { Context } from '#core/context.ts'
import { type ReactPayload, react } from '#core/events.ts'
import { defineJob, enqueue, type JobType } from '#core/jobs.ts'
import { once } from '#core/once.ts'
import { freeOrphanedJobs, holdWorker } from '#core/orphaned-jobs.ts'
import { transact } from '#core/transact.ts'
import { openConnection } from '#db/connection.ts'
import { openLeaderLocks } from '#db/leader-locks.ts'
import { receiveMessage } from '#intake/receive-message.ts'
import { mailSignInLink, sendSignInMail } from '#sign-in/mailed-links.ts'
import { releaseReply, releaseReplyJob } from '#tickets/release-reply.ts'
import { wakeByClock, wakeTicketJob } from '#tickets/snooze.ts'
import { mailTicketLink, sendTicketLink } from '#tickets/ticket-links.ts'
import { cronItems, cronTasks } from './crontab.ts'
import { quietLogger } from './quiet-logger.ts'
import { reactionsOf } from './reactions.ts'

/** A reaction of one event; its own job, so that one that fails repeats alone. */
export const runReaction = defineJob<{ reaction: string; event: ReactPayload }>('run-reaction')

interface JobInfo {
  lastTry: boolean
}

type Handler<P> = (ctx: Context, payload: P, info: JobInfo) => Promise<unknown>

const handle = <P extends object>(type: JobType<P>, handler: Handler<P>): [string, Handler<object>] => [
  type.job,
  handler as Handler<object>,
]

/** Every job and the one verb it calls. Each may run twice: a process can die after its commit and before the job is marked done. */
const handlers: ReadonlyArray<[string, Handler<object>]> = [
  handle(react, async (ctx, event) => {
    const reactions = reactionsOf(event)
    if (reactions.length === 1) return runOne(ctx, reactions[0]!.name, event)
    await once(ctx, 'react', String(event.event), async (ctx) => {
      for (const reaction of reactions) await enqueue(ctx, runReaction, { reaction: reaction.name, event })
    })
  }),
  handle(runReaction, (ctx, { reaction, event }) => runOne(ctx, reaction, event)),
  handle(releaseReplyJob, (ctx, { entry }) => releaseReply(ctx, entry)),
  handle(runBulkJob, (ctx, { run }) => runBulkChunk(ctx, run)),
  handle(wakeTicketJob, (ctx, { ticket }) => wakeByClock(ctx, ticket)),
  handle(deliverMessage, (ctx, { message }) => deliver(ctx, message)),
  handle(receiveMessageJob, (ctx, { message, take }, { lastTry }) =>
    receiveMessage(ctx, message, { lastTry, ...(take ? { take } : {}) }),
  ),
  handle(sendSignInMail, (ctx, asked) => mailSignInLink(ctx, asked)),
  handle(sendTicketLink, (ctx, asked) => mailTicketLink(ctx, asked)),
]

async function runOne(ctx: Context, name: string, event: ReactPayload): Promise<void> {
  const reaction = reactionsOf(event).find((candidate) => candidate.name === name)
  if (!reaction) return
  await once(ctx, `reaction:${name}`, String(event.event), (ctx) => transact(ctx, (ctx) => reaction.run(ctx, event)))
}

function taskList(ctx: Context): TaskList {
  const tasks: Record<string, Task> = {}
  for (const [name, handler] of handlers) {
    tasks[name] = async (payload, helpers) => {
      const { attempts, max_attempts } = helpers.job
      await handler(ctx, payload as object, { lastTry: attempts >= max_attempts })
    }
  }
  for (const [name, task] of Object.entries(cronTasks)) tasks[name] = async () => task(ctx)
  return tasks
}

export interface WorkerDoor extends AsyncDisposable {}

/** How often the jobs of workers that are gone are looked for. */
const ORPHANS_MS = 30_000

/** How many messages are handed over at once; a mailbox has at most its own connections of them. */
const DELIVERIES = 8

/** How long a job that is done waits for others, to be marked with them. */
const COMPLETE_MS = 20

/** Opens the worker: jobs as they come, the crontab, and whatever an earlier process left behind. `ctx` acts as the system. */
export async function openWorker(ctx: Context, options: { concurrency: number; databaseUrl: string }): Promise<WorkerDoor> {
  const locks = openLeaderLocks(options.databaseUrl, (error) =>
    ctx.log.warn({ err: error }, 'lost the connection that says that workers live'),
  )
  const own = new Set<string>()
  const events: WorkerEvents = new EventEmitter()
  // Jobs are locked in the name of the pool that took them.
  events.on('pool:create', ({ workerPool }) => {
    own.add(workerPool.id)
    void holdWorker(ctx, locks, workerPool.id)
  })
  const connection = openConnection({
    url: options.databaseUrl,
    // One of them listens.
    max: options.concurrency + DELIVERIES + 4,
    applicationName: 'tessera-worker',
    unhurriedCommits: true,
    onError: (error) => ctx.log.warn({ err: error }, 'a database connection was lost'),
  })
  await freeOrphanedJobs(ctx, locks, own)
  // Before anything runs: a mail that kills its process, and had its last try, is suspended here and not begun once more.
  await wakeMessages(ctx, { starting: true })
  const { [deliverMessage.job]: delivery, ...others } = taskList(ctx)
  const shared = {
    pgPool: connection.pool,
    preset: { worker: { completeJobBatchDelay: COMPLETE_MS } },
    noHandleSignals: true,
    logger: quietLogger(ctx),
    events,
  }
  const runner: Runner = await run({
    ...shared,
    concurrency: options.concurrency,
    pollInterval: 1000,
    taskList: others,
    parsedCronItems: cronItems,
  })
  // Sending waits for servers elsewhere, for minutes when one hangs: it takes no place of anything else.
  const deliveries: Runner = await run({
    ...shared,
    concurrency: DELIVERIES,
    pollInterval: 2000,
    taskList: { [deliverMessage.job]: delivery! },
    parsedCronItems: [],
  })
  const looking = setInterval(() => {
    freeOrphanedJobs(ctx, locks, own).catch((error: unknown) => ctx.log.warn({ err: error }, 'could not look for orphaned jobs'))
  }, ORPHANS_MS)
  let stopping = false
  for (const one of [runner, deliveries]) {
    one.promise.catch((error: unknown) => {
      if (!stopping) ctx.log.error({ err: error }, 'the worker stopped')
    })
  }
  return {
    async [Symbol.asyncDispose]() {
      stopping = true
      clearInterval(looking)
      await Promise.all([runner, deliveries].map((one) => one.stop().catch(() => {})))
      await locks[Symbol.asyncDispose]()
      await connection[Symbol.asyncDispose]()
    },
  }
}

/** Runs every job that is due at `at` (all of them when left out) until none is left: in tests, and where a past is made. Returns how many ran. */
export async function runJobsUntilQuiet(ctx: Context, pool: pg.Pool, at?: Date): Promise<number> {
  let total = 0
  for (;;) {
    const due = await pool.query<{ id: string }>(
      `update graphile_worker._private_jobs set run_at = to_timestamp(0) where locked_at is null and attempts < max_attempts and run_at > to_timestamp(0)
        and ($1::timestamptz is null or run_at <= $1) returning id`,
      [at ?? null],
    )
    await runOnce({ pgPool: pool, noHandleSignals: true, taskList: taskList(ctx), logger: quietLogger(ctx) })
    if (due.rowCount === 0) return total
    total += due.rowCount ?? 0
  }
}
