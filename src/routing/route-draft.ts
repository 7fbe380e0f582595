import type { HelpTopic } from './help-topics.ts'

/** What is known of a ticket before it exists. */
export interface TicketDraft {
  topicId: number | null
  departmentId: number | null
  priorityId: number | null
}

export interface Routed {
  topicId: number | null
  departmentId: number
  priorityId: number
  /** Which rule set what, in order: for the history. */
  trace: Array<{ rule: string; set: Partial<TicketDraft> }>
}

/**
 * Where a new ticket goes: what the caller said, else the mailbox's department, else the topic's, else the desk's first.
 * A mail needs no topic; a form without one takes the default topic. Pure.
 */
export function routeDraft(
  draft: TicketDraft & { mailboxDepartmentId: number | null; needsTopic: boolean },
  desk: {
    topics: readonly HelpTopic[]
    defaultDepartmentId: number
    defaultPriorityId: number
    openDepartments: ReadonlySet<number>
  },
): Routed {
  const trace: Routed['trace'] = []
  const usable = desk.topics.filter((topic) => !topic.isArchived)
  let topic = usable.find((candidate) => candidate.id === draft.topicId) ?? null
  if (!topic && draft.needsTopic) {
    topic = usable.find((candidate) => candidate.isDefault) ?? null
    if (topic) trace.push({ rule: 'default_topic', set: { topicId: topic.id } })
  }
  const open = (id: number | null | undefined): id is number => id != null && desk.openDepartments.has(id)
  let departmentId = desk.defaultDepartmentId
  if (open(draft.departmentId)) departmentId = draft.departmentId
  else if (open(draft.mailboxDepartmentId)) {
    departmentId = draft.mailboxDepartmentId
    trace.push({ rule: 'mailbox_department', set: { departmentId } })
  } else if (open(topic?.departmentId)) {
    departmentId = topic.departmentId
    trace.push({ rule: 'topic_department', set: { departmentId } })
  }
  let priorityId = desk.defaultPriorityId
  if (draft.priorityId !== null) priorityId = draft.priorityId
  else if (topic?.priorityId != null) {
    priorityId = topic.priorityId
    trace.push({ rule: 'topic_priority', set: { priorityId } })
  }
  return { topicId: topic?.id ?? null, departmentId, priorityId, trace }
}
