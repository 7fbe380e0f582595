import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readMessageId, readReplyAddress, signMessageId, signReplyAddress, withoutReplyTag } from './signed-address.ts'

const key = new Uint8Array(32).fill(7)
const other = new Uint8Array(32).fill(8)
const address = signReplyAddress(key, { address: 'support@desk.example', ticket: 4711, recipient: 'kim@shop.example' })
const messageId = signMessageId(key, { ticket: 4711, entry: 9, random: 'abc123', domain: 'desk.example' })

describe('Message-ID', () => {
  it('reads back what it says, in any case, with or without brackets, under another domain', () => {
    expect(messageId).toMatch(/^t\.3mv\.9\.abc123\.[0-9a-v]{26}@desk\.example$/)
    for (const seen of [messageId, `<${messageId}>`, messageId.toUpperCase(), messageId.replace('desk.example', 'new.example')]) {
      expect(readMessageId(key, seen)).toEqual({ ticket: 4711, entry: 9 })
    }
  })

  it('refuses what is altered or foreign', () => {
    expect(readMessageId(key, messageId.replace('.9.', '.a.'))).toBeNull()
    expect(readMessageId(key, messageId.replace('3mv', '3mw'))).toBeNull()
    expect(readMessageId(other, messageId)).toBeNull()
    expect(readMessageId(key, 'CAK+x=abc@mail.gmail.com')).toBeNull()
  })
})

describe('reply address', () => {
  it('is bound to its ticket and knows for whom it was made', () => {
    expect(readReplyAddress(key, address, 'Kim@Shop.example')).toEqual({ ticket: 4711, madeForSender: true })
    expect(readReplyAddress(key, address.toUpperCase(), 'kim@shop.example')).toEqual({ ticket: 4711, madeForSender: true })
    expect(readReplyAddress(key, address, 'mallory@evil.example')).toEqual({ ticket: 4711, madeForSender: false })
  })

  it('refuses what is altered or foreign', () => {
    expect(readReplyAddress(key, address.replace('+t3mv.', '+t3mw.'), 'kim@shop.example')).toBeNull()
    expect(readReplyAddress(other, address, 'kim@shop.example')).toBeNull()
    expect(readReplyAddress(key, 'support+tag@desk.example', 'kim@shop.example')).toBeNull()
  })

  it('stays within 64 octets of local part, or leaves the address as it is', () => {
    expect(address.indexOf('@')).toBeLessThanOrEqual(64)
    const long = `${'x'.repeat(40)}@desk.example`
    expect(signReplyAddress(key, { address: long, ticket: 1, recipient: 'kim@shop.example' })).toBe(long)
  })

  it('leads back to its mailbox', () => {
    expect(withoutReplyTag(address)).toBe('support@desk.example')
    expect(withoutReplyTag('a+b@desk.example')).toBe('a+b@desk.example')
  })
})

it('never takes a changed character for its own', () => {
  fc.assert(
    fc.property(fc.nat(messageId.indexOf('@') - 1), fc.constantFrom(...'0123456789abcdefghijklmnopqrstuvwxyz.'), (at, char) => {
      const changed = messageId.slice(0, at) + char + messageId.slice(at + 1)
      return changed === messageId || readMessageId(key, changed) === null
    }),
    { seed: 1 },
  )
})
