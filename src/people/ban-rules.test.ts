import { describe, expect, it } from 'vitest'
import { type BanKind, compileBans, readBan } from './ban-rules.ts'

const meets = (kind: BanKind, value: string, address: string): boolean => compileBans([{ id: 1, kind, value }])(address) !== null

describe('what a ban meets', () => {
  it.each<[BanKind, string, string, boolean]>([
    ['address', 'kim@shop.example', 'Kim@Shop.example', true],
    ['address', 'kim@shop.example', 'jim@shop.example', false],
    ['domain', '@shop.example', 'kim@shop.example', true],
    ['domain', '@shop.example', 'kim@mail.shop.example', true],
    ['domain', '@shop.example', 'kim@workshop.example', false],
    ['domain', '@shop.example', 'shop.example@other.example', false],
    ['pattern', '^promo-\\d+@', 'PROMO-17@news.example', true],
    ['pattern', '^promo-\\d+@', 'kim+promo-17@news.example', false],
    ['pattern', '[', 'kim@shop.example', false],
  ])('%s %s, %s', (kind, value, address, expected) => expect(meets(kind, value, address)).toBe(expected))

  it('takes linear time for a pattern made to hang', () => {
    const long = `${'a'.repeat(300)}@shop.example`
    expect(meets('pattern', '(a+)+$', long)).toBe(false)
    expect(meets('pattern', '(a|aa)+b', long)).toBe(false)
  })
})

describe('what is typed', () => {
  it.each<[BanKind, string, object]>([
    ['address', ' Kim@Shop.example ', { value: 'kim@shop.example' }],
    ['address', 'kim', { problem: 'email' }],
    ['domain', 'shop.example', { value: '@shop.example' }],
    ['domain', '@Shop.example', { value: '@shop.example' }],
    ['domain', 'example', { problem: 'banDomain' }],
    ['domain', 'kim@shop.example', { problem: 'banDomain' }],
    ['pattern', '^\\S+@shop', { value: '^\\S+@shop' }],
    ['pattern', '(', { problem: 'banPattern' }],
    ['pattern', '(?=look)', { problem: 'banPattern' }],
    ['pattern', '.*', { problem: 'banMatchesAll' }],
    ['pattern', '@', { problem: 'banMatchesAll' }],
    ['pattern', 'x'.repeat(201), { problem: 'banPatternLong' }],
  ])('%s %s', (kind, typed, expected) => expect(readBan(kind, typed)).toEqual(expected))
})
