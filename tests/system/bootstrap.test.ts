import { type ChildProcess, spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'

vi.setConfig({ testTimeout: 60_000 })

/** Stands in for the build: counts its runs, takes a moment, and leaves a program that says what it was given. */
const buildTool = `
const fs = require('node:fs')
fs.appendFileSync('builds.txt', 'began\\n')
setTimeout(() => {
  fs.mkdirSync('build/server', { recursive: true })
  fs.writeFileSync('build/server/cli.js', fs.readFileSync('src/program.js'))
  fs.appendFileSync('builds.txt', 'done\\n')
}, 700)
`
const program = `
if (process.argv[2] === 'wait') {
  setInterval(() => {}, 1000)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => { console.log('got', signal); process.exit(7) })
  process.once('disconnect', () => { fs.writeFileSync('orphaned.txt', ''); process.exit(1) })
  const fs = require('node:fs')
}
if (process.argv[2] === 'fail') process.exitCode = 5
// Last, so that whoever reads it may send a signal.
console.log('ran', process.argv.slice(2).join(' '))
`

const started: ChildProcess[] = []
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})

/** A checkout of its own with the real bin/, nothing to install, and the stand-in for the build. */
function checkout(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tessera-bootstrap-'))
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }))
  const put = (name: string, text: string) => {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    fs.writeFileSync(path.join(folder, name), text)
  }
  fs.cpSync('bin', path.join(folder, 'bin'), { recursive: true })
  put('package.json', '{ "type": "commonjs" }')
  put('package-lock.json', '{ "packages": {} }')
  put('node_modules/.package-lock.json', '{ "packages": {} }')
  put('node_modules/@react-router/dev/bin.cjs', buildTool)
  put('src/program.js', program)
  const node = path.join(folder, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin')
  fs.mkdirSync(node, { recursive: true })
  fs.symlinkSync(process.execPath, path.join(node, 'node'))
  return folder
}

function tessera(folder: string, ...args: string[]) {
  const child = spawn(process.execPath, ['bin/tessera.mjs', ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  started.push(child)
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  child.stderr.on('data', (chunk) => {
    output += chunk
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)))
  return { child, ended, output: () => output }
}

const builds = (folder: string): string[] => {
  try {
    return fs.readFileSync(path.join(folder, 'builds.txt'), 'utf8').trim().split('\n')
  } catch {
    return []
  }
}

async function until(fact: () => boolean): Promise<void> {
  while (!fact()) await new Promise((resolve) => setTimeout(resolve, 10))
}

test('builds when a source has changed, and is quiet when nothing has', async () => {
  const folder = checkout()
  const first = tessera(folder, 'hello', 'you')
  expect(await first.ended).toBe(0)
  expect(first.output()).toContain('Building')
  expect(first.output()).toContain('ran hello you')
  const second = tessera(folder, 'again')
  expect(await second.ended).toBe(0)
  expect(second.output()).toBe('ran again\n')
  fs.appendFileSync(path.join(folder, 'src/program.js'), '\nconsole.log("and more")\n')
  const third = tessera(folder, 'third')
  await third.ended
  expect(third.output()).toContain('and more')
  expect(builds(folder)).toEqual(['began', 'done', 'began', 'done'])
})

test('a change of a test or a text builds nothing', async () => {
  const folder = checkout()
  await tessera(folder, 'one').ended
  fs.writeFileSync(path.join(folder, 'src/program.test.ts'), '')
  fs.writeFileSync(path.join(folder, 'src/README.md'), '')
  await tessera(folder, 'two').ended
  expect(builds(folder)).toEqual(['began', 'done'])
})

test('an interrupted build counts as none, and its claim falls with it', async () => {
  const folder = checkout()
  const first = tessera(folder, 'one')
  await until(() => builds(folder).includes('began'))
  first.child.kill('SIGKILL')
  await first.ended
  const second = tessera(folder, 'two')
  expect(await second.ended).toBe(0)
  expect(second.output()).toContain('ran two')
  expect(builds(folder).filter((line) => line === 'began').length).toBe(2)
})

test('two at once build once', async () => {
  const folder = checkout()
  const both = [tessera(folder, 'one'), tessera(folder, 'two')]
  expect(await Promise.all(both.map((one) => one.ended))).toEqual([0, 0])
  expect(builds(folder)).toEqual(['began', 'done'])
})

test('a build that fails says why and starts nothing', async () => {
  const folder = checkout()
  fs.writeFileSync(
    path.join(folder, 'node_modules/@react-router/dev/bin.cjs'),
    "console.error('src/x.ts: a bracket is missing'); process.exit(1)",
  )
  const failed = tessera(folder, 'one')
  expect(await failed.ended).toBe(1)
  expect(failed.output()).toContain('src/x.ts: a bracket is missing')
  expect(failed.output()).not.toContain('ran one')
})

test('pipe-mail does not wait for a build when there is one, and asks to try again when there is none', async () => {
  const folder = checkout()
  await tessera(folder, 'one').ended
  fs.appendFileSync(path.join(folder, 'src/program.js'), '\n')
  expect(await tessera(folder, 'pipe-mail').ended).toBe(0)
  expect(builds(folder)).toEqual(['began', 'done'])
  const other = checkout()
  fs.writeFileSync(path.join(other, 'node_modules/@react-router/dev/bin.cjs'), 'process.exit(1)')
  expect(await tessera(other, 'pipe-mail').ended).toBe(75)
})

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('passes %s on, and the exit code back', async (signal) => {
  const folder = checkout()
  expect(await tessera(folder, 'fail').ended).toBe(5)
  const waiting = tessera(folder, 'wait')
  await until(() => waiting.output().includes('ran wait'))
  waiting.child.kill(signal)
  expect(await waiting.ended).toBe(7)
  expect(waiting.output()).toContain(`got ${signal}`)
})

test('when it is killed, the program learns of it', async () => {
  const folder = checkout()
  const waiting = tessera(folder, 'wait')
  await until(() => waiting.output().includes('ran wait'))
  waiting.child.kill('SIGKILL')
  await until(() => fs.existsSync(path.join(folder, 'orphaned.txt')))
})

test('installs from the lock what is missing, once', async () => {
  const folder = checkout()
  fs.rmSync(path.join(folder, 'node_modules'), { recursive: true })
  fs.mkdirSync(path.join(folder, 'tool'))
  fs.writeFileSync(path.join(folder, 'tool/package.json'), '{ "name": "@react-router/dev", "version": "1.0.0" }')
  fs.writeFileSync(path.join(folder, 'tool/bin.cjs'), buildTool)
  const dependencies = { '@react-router/dev': 'file:tool' }
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'x', version: '1.0.0', dependencies }))
  const packages = {
    '': { name: 'x', version: '1.0.0', dependencies },
    tool: { name: '@react-router/dev', version: '1.0.0' },
    'node_modules/@react-router/dev': { resolved: 'tool', link: true },
  }
  fs.writeFileSync(
    path.join(folder, 'package-lock.json'),
    JSON.stringify({ name: 'x', version: '1.0.0', lockfileVersion: 3, packages }),
  )
  const first = tessera(folder, 'one')
  expect(await first.ended).toBe(0)
  expect(first.output()).toMatch(/Installing packages: done.*Building: done.*ran one/s)
  const second = tessera(folder, 'two')
  await second.ended
  expect(second.output()).toBe('ran two\n')
  // An installation that was interrupted leaves no list behind.
  fs.rmSync(path.join(folder, 'node_modules/.package-lock.json'))
  const third = tessera(folder, 'three')
  await third.ended
  expect(third.output()).toContain('Installing packages: done')
})

test('an installation that npm refuses says why and starts nothing', async () => {
  const folder = checkout()
  fs.mkdirSync(path.join(folder, 'left'))
  fs.writeFileSync(path.join(folder, 'left/package.json'), '{ "name": "left", "version": "1.0.0" }')
  fs.writeFileSync(
    path.join(folder, 'package.json'),
    '{ "name": "x", "version": "1.0.0", "dependencies": { "left": "file:left" } }',
  )
  fs.writeFileSync(
    path.join(folder, 'package-lock.json'),
    '{ "name": "x", "lockfileVersion": 3, "packages": { "node_modules/other": { "version": "1.0.0" } } }',
  )
  const refused = tessera(folder, 'one')
  expect(await refused.ended).toBe(1)
  expect(refused.output()).toContain('from lock file')
  expect(refused.output()).not.toContain('ran one')
})
