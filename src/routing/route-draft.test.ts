import { expect, test } from 'vitest'
import type { HelpTopic } from './help-topics.ts'
import { routeDraft } from './route-draft.ts'

const topic = (over: Partial<HelpTopic>): HelpTopic => ({
  id: 1,
  name: 't',
  departmentId: null,
  priorityId: null,
  isPublic: true,
  isDefault: false,
  isArchived: false,
  ...over,
})
const desk = {
  topics: [topic({ id: 1, isDefault: true }), topic({ id: 2, departmentId: 20, priorityId: 7 })],
  defaultDepartmentId: 10,
  defaultPriorityId: 3,
  openDepartments: new Set([10, 20, 30]),
}
const empty = { topicId: null, departmentId: null, priorityId: null, mailboxDepartmentId: null, needsTopic: false }

test('a mail goes to its mailbox’s department and needs no topic', () => {
  expect(routeDraft({ ...empty, mailboxDepartmentId: 30 }, desk)).toMatchObject({
    topicId: null,
    departmentId: 30,
    priorityId: 3,
  })
})

test('a form takes the topic’s department and priority, and the default topic when none was chosen', () => {
  expect(routeDraft({ ...empty, topicId: 2, needsTopic: true }, desk)).toMatchObject({
    topicId: 2,
    departmentId: 20,
    priorityId: 7,
  })
  expect(routeDraft({ ...empty, needsTopic: true }, desk)).toMatchObject({ topicId: 1, departmentId: 10 })
})

test('an unknown topic or an archived department falls back instead of losing the ticket', () => {
  expect(routeDraft({ ...empty, topicId: 999, departmentId: 99 }, desk)).toMatchObject({ topicId: null, departmentId: 10 })
})
