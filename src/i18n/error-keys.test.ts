import { globSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { messagesFor } from './messages.ts'

const thrown = [
  /\binvalid\(\s*[^,]+?,\s*'(\w+)'/g,
  /new AppError\(\s*'\w+',\s*'(\w+)'/g,
  /\b(?:notFound|forbidden)\(\s*'(\w+)'/g,
  /\bpointer: [^{}]*?\bkey: '(\w+)'/g,
]

it('every error that a room or page throws by name has its words', () => {
  const missing = new Set<string>()
  for (const file of globSync('src/**/*.{ts,tsx}')) {
    if (file.includes('.test.')) continue
    const source = readFileSync(file, 'utf8')
    for (const pattern of thrown) {
      for (const [, key] of source.matchAll(pattern)) {
        if (key && !Object.hasOwn(messagesFor('en').errors, key)) missing.add(`${key} (${file})`)
      }
    }
  }
  expect([...missing]).toEqual([])
})
