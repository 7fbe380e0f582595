import { expect, test } from 'vitest'
import { osticketId } from '../../tests/world/osticket-id.ts'
import { osticketBodyIds, readOsticketId } from './osticket-ids.ts'

const salt = 'aZ3k9_SECRET_SALT_of_the_old_desk'

const signed = (at: { user: number; entry: number; thread: number }): string => osticketId(salt, at)

test('an id of the old desk names its entry and thread', () => {
  expect(readOsticketId(salt, signed({ user: 7, entry: 4711, thread: 815 }))).toEqual({ entry: 4711, thread: 815 })
  expect(readOsticketId(salt, `<${signed({ user: 7, entry: 1, thread: 4_000_000_000 })}>`)).toEqual({
    entry: 1,
    thread: 4_000_000_000,
  })
})

test('an id of another salt, an altered one and a foreign one say nothing', () => {
  const id = signed({ user: 7, entry: 4711, thread: 815 })
  expect(readOsticketId('another', id)).toBeNull()
  expect(readOsticketId('', id)).toBeNull()
  const at = id.lastIndexOf('-support')
  const other = signed({ user: 7, entry: 4711, thread: 816 })
  // The tag of another thread with this one's signature.
  const forged = `${other.slice(0, at - 8)}${id.slice(at - 8)}`
  expect(readOsticketId(salt, forged)).toBeNull()
  expect(readOsticketId(salt, 'CAF+abc-123-xyz@mail.gmail.com')).toBeNull()
})

test('ids are found in quoted bodies', () => {
  const id = signed({ user: 1, entry: 2, thread: 3 })
  expect(osticketBodyIds({ text: `Yes\n\n> Ref-Mid: ${id}\n`, html: null })).toEqual([id])
  expect(
    osticketBodyIds({ text: '', html: `<p>Yes</p><div style="display:none" class="m_123mid-${id}">-- reply above</div>` }),
  ).toEqual([id])
  expect(osticketBodyIds({ text: 'nothing', html: '<p class="middle">x</p>' })).toEqual([])
})
