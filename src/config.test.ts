import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ConfigError, readConfig, readSecret } from './config.ts'

function configIn(): { folder: string; file: string; config: ReturnType<typeof readConfig> } {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-config-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return { folder, file: join(folder, 'secret-key'), config: readConfig({ DATA_DIR: folder }) }
}

test('a secret is made once, for its owner alone, and nothing is left beside it', () => {
  const { folder, file, config } = configIn()
  const secret = readSecret(config)
  expect(secret).toHaveLength(32)
  expect(readSecret(config)).toEqual(secret)
  expect(readdirSync(folder)).toEqual(['secret-key'])
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test('a damaged secret stops the start, and is left for a person to look at', () => {
  const { file, config } = configIn()
  const whole = readSecret(config).toString('hex')
  for (const damage of [
    () => truncateSync(file),
    () => writeFileSync(file, whole.slice(0, 40)),
    () => writeFileSync(file, 'no hex at all, and yet of more than thirty-two characters'),
  ]) {
    damage()
    const before = readFileSync(file, 'utf8')
    expect(() => readSecret(config)).toThrow(ConfigError)
    expect(() => readSecret(config)).toThrow(/^The secret in .*secret-key is damaged/)
    expect(readFileSync(file, 'utf8')).toBe(before)
  }
})
