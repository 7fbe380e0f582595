import { expect, it } from 'vitest'
import { localPath } from './local-path.ts'

it.each([
  ['/tickets/123456?page=2#last', '/tickets/123456?page=2#last'],
  ['//evil.example', '/home'],
  ['/\\evil.example', '/home'],
  ['/\t/evil.example', '/home'],
  ['https://evil.example/', '/home'],
  ['javascript:alert(1)', '/home'],
  ['tickets', '/home'],
  ['', '/home'],
  [null, '/home'],
])('%s leads to %s', (path, to) => {
  expect(localPath(path, '/home')).toBe(to)
})
