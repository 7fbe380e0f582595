import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'

vi.setConfig({ testTimeout: 120_000 })

const isBuilt = fs.existsSync('build/.stamp')
const isRoot = process.getuid?.() === 0
const nobody = { uid: 65534, gid: 65534 }
/** As root: whether an ordinary user could use this checkout (one below /root is out of reach). */
const isShared = isRoot && spawnSync('test', ['-r', path.resolve('bin/tessera.mjs')], { ...nobody, cwd: '/' }).status === 0
const started: ChildProcess[] = []

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})

function dataDir(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tessera-start-'))
  fs.chmodSync(folder, 0o711)
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }))
  return path.join(folder, 'data')
}

/** Calls the command a person calls, and listens to what it prints. */
function tessera(args: string[], env: Record<string, string>, options: { uid?: number; gid?: number; input?: string } = {}) {
  const { input, ...identity } = options
  const child = spawn(process.execPath, [path.resolve('bin/tessera.mjs'), ...args], {
    env: { PATH: process.env.PATH, HOME: '/nonexistent', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    ...identity,
  })
  started.push(child)
  child.stdin!.end(input ?? '')
  let output = ''
  const listeners = new Set<() => void>()
  const hear = (chunk: Buffer) => {
    output += chunk
    for (const listener of listeners) listener()
  }
  child.stdout!.on('data', hear)
  child.stderr!.on('data', hear)
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)))
  const said = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(output)
        if (!found) return
        listeners.delete(look)
        resolve(found)
      }
      listeners.add(look)
      look()
      void ended.then((code) => reject(new Error(`ended with ${code}, having said:\n${output}`)))
    })
  return { child, ended, said, output: () => output }
}

const runsAt = /Tessera runs at (http:\S+)/
const owner = (folder: string): number => JSON.parse(fs.readFileSync(path.join(folder, 'postgres.lock'), 'utf8')).pid
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return !/^State:\s+Z/m.test(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

async function until(fact: () => boolean): Promise<void> {
  while (!fact()) await new Promise((resolve) => setTimeout(resolve, 20))
}

describe.runIf(isBuilt)('tessera start', () => {
  test('prints the address and the set-up link, answers, and stops in order on SIGTERM', async () => {
    const folder = dataDir()
    const desk = tessera(['start'], { DATA_DIR: folder, PORT: '0' })
    const [, url] = await desk.said(runsAt)
    const [, link] = await desk.said(/Set it up[^:]*: (http\S+)/)
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
    expect((await fetch(link!, { redirect: 'manual' })).status).toBeLessThan(400)
    desk.child.kill('SIGTERM')
    expect(await desk.ended).toBe(0)
    expect(fs.existsSync(path.join(folder, 'postgres.lock'))).toBe(false)
    expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).not.toContain(folder)
  })

  test('ends, and the database with it, when the command that started it is killed; the next start finds all', async () => {
    const folder = dataDir()
    const desk = tessera(['start'], { DATA_DIR: folder, PORT: '0' })
    await desk.said(runsAt)
    const pid = owner(folder)
    expect(pid).not.toBe(desk.child.pid)
    const made = tessera(
      ['create-admin', '--email', 'ada@example.org', '--name', 'Ada', '--password-stdin', '--json'],
      { DATA_DIR: folder },
      {
        input: 'wide rivers sing at night\n',
      },
    )
    expect(await made.ended).toBe(0)
    desk.child.kill('SIGKILL')
    await until(() => !isAlive(pid))
    const again = tessera(['start'], { DATA_DIR: folder, PORT: '0' })
    await again.said(runsAt)
    const twice = tessera(['create-admin', '--email', 'ada@example.org', '--name', 'Ada'], { DATA_DIR: folder })
    expect(await twice.ended).toBe(1)
    expect(twice.output()).toBe('email: This e-mail address is in use already.\n')
    again.child.kill('SIGTERM')
    expect(await again.ended).toBe(0)
  })

  test('recovers by itself after a kill of the application', async () => {
    const folder = dataDir()
    const desk = tessera(['start'], { DATA_DIR: folder, PORT: '0' })
    await desk.said(runsAt)
    process.kill(owner(folder), 'SIGKILL')
    await desk.ended
    const again = tessera(['start'], { DATA_DIR: folder, PORT: '0' })
    await again.said(runsAt)
    again.child.kill('SIGTERM')
    expect(await again.ended).toBe(0)
  })

  test('a second start on the same data says one sentence', async () => {
    const folder = dataDir()
    const desk = tessera(['start'], { DATA_DIR: folder, PORT: '0' })
    await desk.said(runsAt)
    const second = tessera(['start'], { DATA_DIR: folder, PORT: '0' })
    expect(await second.ended).toBe(1)
    expect(second.output()).toContain(`Tessera already runs on ${folder} (process ${owner(folder)}); stop that one first`)
    expect(second.output()).not.toContain('    at ')
  })

  test.runIf(isShared)('runs as an ordinary user without a home', async () => {
    const folder = dataDir()
    fs.chownSync(path.dirname(folder), nobody.uid, nobody.gid)
    const desk = tessera(['start'], { DATA_DIR: folder, PORT: '0' }, nobody)
    const [, url] = await desk.said(runsAt)
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
    desk.child.kill('SIGTERM')
    expect(await desk.ended).toBe(0)
    expect(fs.statSync(folder).uid).toBe(nobody.uid)
  })

  test.each([
    ['PORT', 'abc', 'PORT must be a number from 0 to 65535, but is "abc".\n'],
    ['DATABASE_URL', 'mysql://x', 'DATABASE_URL must be a postgres:// address, but is "mysql://x".\n'],
    ['ROLES', 'web,fax', 'ROLES must be a list of web, worker and mail, but is "web,fax".\n'],
  ])('a bad %s stops the start with one sentence', async (name, value, sentence) => {
    const desk = tessera(['start'], { DATA_DIR: dataDir(), [name]: value })
    expect(await desk.ended).toBe(78)
    expect(desk.output()).toBe(sentence)
  })
})
