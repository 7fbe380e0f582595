import type { Context } from '#core/context.ts'
import { forbidden } from '#core/errors.ts'
import { type Page, readCursor, writeCursor } from '#core/page.ts'
import { readDirectory } from '#people/directory.ts'

export interface AuditRow {
  id: number
  at: Date
  actor: { kind: string; id: number | null; name: string | null }
  verb: string
  subject: { kind: string; id: number }
  data: unknown
  address: string | null
}

const PAGE = 50

/** What an undo would put back is kept for that alone: it may hold words of a ticket that not every administrator sees. */
function shownOf(data: unknown): unknown {
  if (data === null || typeof data !== 'object' || Array.isArray(data)) return data
  const { undo: _, ...shown } = data as Record<string, unknown>
  return shown
}

/** Everything that happened, newest first: by whom, from where, on what. Errors: Forbidden. */
export async function readAudit(
  ctx: Context,
  options: { verb?: string | null; agent?: number | null; cursor?: string | null } = {},
): Promise<Page<AuditRow>> {
  if (!ctx.actor.administrator) throw forbidden()
  const before = options.cursor ? Number(readCursor(options.cursor, 1)[0]) : null
  const rows = await ctx.db
    .selectFrom('event')
    .select(['id', 'at', 'actor_kind', 'actor_id', 'verb', 'subject_kind', 'subject_id', 'data', 'address'])
    .$if(Boolean(options.verb), (query) => query.where('verb', 'like', `${options.verb!.replace(/[\\%_]/g, '\\$&')}%`))
    .$if(options.agent != null, (query) =>
      query.where('actor_kind', 'in', ['agent', 'token']).where('actor_id', '=', options.agent!),
    )
    .$if(before !== null, (query) => query.where('id', '<', before!))
    .orderBy('id', 'desc')
    .limit(PAGE + 1)
    .execute()
  const { agents } = await readDirectory(ctx)
  const shown = rows.slice(0, PAGE)
  return {
    rows: shown.map((row) => ({
      id: row.id,
      at: row.at,
      actor: {
        kind: row.actor_kind,
        id: row.actor_id,
        name:
          row.actor_kind === 'agent' || row.actor_kind === 'token'
            ? (agents.find((agent) => agent.id === row.actor_id)?.name ?? null)
            : null,
      },
      verb: row.verb,
      subject: { kind: row.subject_kind, id: row.subject_id },
      data: shownOf(row.data),
      address: row.address,
    })),
    next: rows.length > PAGE ? writeCursor([shown.at(-1)!.id]) : null,
  }
}
