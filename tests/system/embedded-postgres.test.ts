import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { type EmbeddedPostgres, openEmbeddedPostgres } from '../../src/db/embedded-postgres.ts'

vi.setConfig({ testTimeout: 120_000 })

const program = path.resolve('tests/system/embedded-process.ts')
const isRoot = process.getuid?.() === 0
const isLinux = process.platform === 'linux'
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const started: ChildProcess[] = []

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})

type Line = {
  ready?: true
  postmaster?: number
  kept?: number
  log?: string
  failed?: string
  stopped?: true
  ids?: number[]
  home?: string
}

/** Runs the program and reads its lines as they come. `fast` is without fsync, for what is not about durability. */
function run(
  dataDir: string,
  mode: 'own' | 'join',
  work = '',
  options: { uid?: number; gid?: number; env?: NodeJS.ProcessEnv; fast?: boolean } = {},
) {
  const { fast = false, ...identity } = options
  const child = spawn(process.execPath, [program, dataDir, mode, work, fast ? 'fast' : ''], {
    stdio: ['ignore', 'pipe', 'inherit'],
    ...identity,
  })
  started.push(child)
  const lines: Line[] = []
  const waiting: { want: (line: Line) => boolean; resolve: (line: Line) => void }[] = []
  let rest = ''
  child.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n')
    rest = parts.pop() ?? ''
    for (const part of parts) {
      const line = JSON.parse(part) as Line
      lines.push(line)
      for (const one of waiting.filter(({ want }) => want(line))) {
        waiting.splice(waiting.indexOf(one), 1)
        one.resolve(line)
      }
    }
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)))
  const heard = (want: (line: Line) => boolean): Promise<Line> => {
    const already = lines.find(want)
    if (already) return Promise.resolve(already)
    return new Promise((resolve, reject) => {
      waiting.push({ want, resolve })
      void ended.then((code) => reject(new Error(`ended with ${code}: ${JSON.stringify(lines.slice(-3))}`)))
    })
  }
  const kept = () => lines.flatMap((line) => (line.kept === undefined ? [] : [line.kept]))
  return { child, lines, heard, ended, kept, ready: () => heard((line) => line.ready === true) }
}

function dataDir(mode = 0o711): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), `tessera-system-${process.pid}-`))
  fs.chmodSync(folder, mode)
  onTestFinished(() => {
    const elsewhere = path.join(folder, 'data', 'postgres-location')
    if (fs.existsSync(elsewhere)) fs.rmSync(fs.readFileSync(elsewhere, 'utf8').trim(), { recursive: true, force: true })
    fs.rmSync(folder, { recursive: true, force: true })
  })
  return path.join(folder, 'data')
}

/** Postmaster and backends: every process whose working folder is the cluster. */
function serverProcesses(home: string): number[] {
  const data = fs.realpathSync(path.join(home, 'data'))
  return fs.readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return []
    try {
      return fs.readlinkSync(`/proc/${entry}/cwd`) === data ? [Number(entry)] : []
    } catch {
      return []
    }
  })
}

async function storedIds(folder: string): Promise<Set<number>> {
  const reader = run(folder, 'own', 'count')
  const { ids } = await reader.heard((line) => line.ids !== undefined)
  await reader.ended
  return new Set(ids)
}

const lost = (acknowledged: number[], stored: Set<number>) => acknowledged.filter((id) => !stored.has(id))

describe('nothing acknowledged is lost', () => {
  test('when the application is killed, again and again', async () => {
    const folder = dataDir()
    const acknowledged: number[] = []
    for (let round = 0; round < 3; round++) {
      const app = run(folder, 'own', 'insert')
      await app.ready()
      await app.heard(() => app.kept().length >= 200)
      app.child.kill('SIGKILL')
      await app.ended
      acknowledged.push(...app.kept())
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(600)
    expect(lost(acknowledged, await storedIds(folder))).toEqual([])
  })

  test.runIf(isLinux)('when the application and every process of the server are killed', async () => {
    const folder = dataDir()
    const acknowledged: number[] = []
    for (let round = 0; round < 3; round++) {
      const app = run(folder, 'own', 'insert')
      const { home } = await app.ready()
      await app.heard(() => app.kept().length >= 200)
      const victims = [app.child.pid!, ...serverProcesses(home!)]
      expect(victims.length).toBeGreaterThan(3)
      for (const pid of victims) {
        try {
          process.kill(pid, 'SIGKILL')
        } catch {
          // A backend may have ended with its postmaster.
        }
      }
      await app.ended
      acknowledged.push(...app.kept())
    }
    expect(lost(acknowledged, await storedIds(folder))).toEqual([])
  })

  test('when the postmaster is killed: the application starts it again and goes on', async () => {
    const folder = dataDir()
    const app = run(folder, 'own', 'insert')
    const { postmaster } = await app.ready()
    await app.heard((line) => (line.kept ?? 0) >= 100)
    process.kill(postmaster!, 'SIGKILL')
    await app.heard((line) => line.log === 'The embedded PostgreSQL runs again.')
    const before = app.kept().length
    await app.heard(() => app.kept().length >= before + 200)
    app.child.kill('SIGTERM')
    expect(await app.ended).toBe(0)
    expect(lost(app.kept(), await storedIds(folder))).toEqual([])
  })

  test.runIf(isLinux)('when all of the server is killed under the application', async () => {
    const folder = dataDir()
    const app = run(folder, 'own', 'insert')
    const { home } = await app.ready()
    await app.heard((line) => (line.kept ?? 0) >= 100)
    for (const pid of serverProcesses(home!)) process.kill(pid, 'SIGKILL')
    await app.heard((line) => line.log === 'The embedded PostgreSQL runs again.')
    const before = app.kept().length
    await app.heard(() => app.kept().length >= before + 200)
    app.child.kill('SIGTERM')
    expect(await app.ended).toBe(0)
    expect(lost(app.kept(), await storedIds(folder))).toEqual([])
  })
})

describe('one owner', () => {
  test('a second start is refused with one sentence that names the process', async () => {
    const folder = dataDir()
    const first = run(folder, 'own', '', { fast: true })
    await first.ready()
    const second = run(folder, 'own', '', { fast: true })
    const { failed } = await second.heard((line) => line.failed !== undefined)
    expect(failed).toBe(
      `Tessera already runs on ${folder} (process ${first.child.pid}); stop that one first, or give this one a DATA_DIR of its own.`,
    )
    expect(await second.ended).toBe(1)
  })

  test('two starts at once: exactly one wins', async () => {
    const folder = dataDir()
    const both = [run(folder, 'own', '', { fast: true }), run(folder, 'own', '', { fast: true })]
    const outcomes = await Promise.all(both.map((one) => one.heard((line) => line.ready === true || line.failed !== undefined)))
    expect(outcomes.filter((line) => line.ready).length).toBe(1)
    expect(outcomes.filter((line) => line.failed).length).toBe(1)
  })

  test('other commands join the server that runs, and leave it running', async () => {
    const folder = dataDir()
    const owner = run(folder, 'own', '', { fast: true })
    const { postmaster } = await owner.ready()
    const joined = run(folder, 'join', '', { fast: true })
    expect((await joined.ready()).postmaster).toBe(postmaster)
    expect(await joined.ended).toBe(0)
    expect(() => process.kill(postmaster!, 0)).not.toThrow()
  })

  test('a command alone starts the server for its own time', async () => {
    const folder = dataDir()
    const joined = run(folder, 'join', '', { fast: true })
    const { postmaster } = await joined.ready()
    expect(await joined.ended).toBe(0)
    expect(() => process.kill(postmaster!, 0)).toThrow()
    const owner = run(folder, 'own', '', { fast: true })
    await owner.ready()
  })

  test('a start waits for a command that runs the server, then takes over', async () => {
    const folder = dataDir()
    const command = run(folder, 'join', 'hold', { fast: true })
    await command.ready()
    const owner = run(folder, 'own', '', { fast: true })
    await owner.heard(
      (line) => line.log === `Waiting for another command to finish with the database (process ${command.child.pid}).`,
    )
    command.child.kill('SIGTERM')
    expect(await command.ended).toBe(0)
    await owner.ready()
  })

  test('SIGTERM ends in order and leaves no server', async () => {
    const folder = dataDir()
    const owner = run(folder, 'own', 'insert', { fast: true })
    const { postmaster } = await owner.ready()
    await owner.heard((line) => (line.kept ?? 0) >= 20)
    owner.child.kill('SIGTERM')
    expect(await owner.ended).toBe(0)
    expect(() => process.kill(postmaster!, 0)).toThrow()
    expect(fs.existsSync(path.join(folder, 'postgres.lock'))).toBe(false)
  })
})

describe('a server that was left running', () => {
  test.runIf(isLinux)('is stopped by the next start, where the system cannot end it with its owner', async () => {
    const folder = dataDir()
    // Without setpriv on the path the server outlives a kill.
    const first = run(folder, 'own', 'insert', { env: { PATH: '/nonexistent' } })
    const { postmaster } = await first.ready()
    await first.heard(() => first.kept().length >= 50)
    first.child.kill('SIGKILL')
    await first.ended
    expect(() => process.kill(postmaster!, 0)).not.toThrow()
    const second = run(folder, 'own')
    await second.ready()
    expect(second.lines.some((line) => line.log?.includes(`(process ${postmaster})`))).toBe(true)
    expect(serverProcesses(path.join(folder, 'postgres'))).not.toContain(postmaster)
    second.child.kill('SIGTERM')
    await second.ended
    expect(lost(first.kept(), await storedIds(folder))).toEqual([])
  })
})

describe('where and as whom', () => {
  test.runIf(isRoot)('as root the server runs as an ordinary user', async () => {
    const folder = dataDir()
    const owner = run(folder, 'own', '', { fast: true })
    const { postmaster, home } = await owner.ready()
    expect(home).toBe(path.join(fs.realpathSync(folder), 'postgres'))
    expect(fs.statSync(`/proc/${postmaster}`).uid).not.toBe(0)
  })

  test.runIf(isRoot)('as root, in a folder that its user cannot reach, the cluster lives in /var/lib/tessera', async () => {
    const folder = dataDir(0o700)
    const first = run(folder, 'own', 'insert')
    const { home } = await first.ready()
    expect(home).toMatch(/^\/var\/lib\/tessera\/[0-9a-f]{12}/)
    expect(first.lines.some((line) => line.log?.includes(home!))).toBe(true)
    await first.heard((line) => (line.kept ?? 0) >= 5)
    first.child.kill('SIGTERM')
    await first.ended
    expect(lost(first.kept(), await storedIds(folder))).toEqual([])
    // A power cut may empty what was not synced; no empty desk is made beside the one that is there.
    const location = path.join(folder, 'postgres-location')
    fs.mkdirSync(path.join(folder, 'files'))
    for (const damage of [() => fs.truncateSync(location), () => fs.rmSync(location)]) {
      damage()
      await expect(openEmbeddedPostgres({ dataDir: folder, log: silent, mode: 'own' })).rejects.toThrow(
        `There is a database of ${fs.realpathSync(folder)} in ${home}, but ${fs.realpathSync(folder)}/postgres-location does not name it`,
      )
    }
    fs.writeFileSync(location, `${home}\n`)
    expect(lost(first.kept(), await storedIds(folder))).toEqual([])
    // A folder that was thrown away and made again is a new desk; the old one's database stays where it is.
    fs.rmSync(location)
    fs.rmSync(path.join(folder, 'files'), { recursive: true })
    const fresh = await openEmbeddedPostgres({ dataDir: folder, log: silent, mode: 'own' })
    await fresh.stop()
    expect(fresh.home).toMatch(new RegExp(`^${home}-[0-9a-f]{6}$`))
    expect(fs.existsSync(path.join(home!, 'data'))).toBe(true)
    fs.rmSync(home!, { recursive: true })
  })

  test.runIf(isRoot)('as an ordinary user', async () => {
    const folder = dataDir()
    fs.chownSync(path.dirname(folder), 65534, 65534)
    const owner = run(folder, 'own', 'insert', { uid: 65534, gid: 65534 })
    const { postmaster } = await owner.ready()
    expect(fs.statSync(`/proc/${postmaster}`).uid).toBe(65534)
    await owner.heard((line) => (line.kept ?? 0) >= 20)
    owner.child.kill('SIGTERM')
    expect(await owner.ended).toBe(0)
  })

  test('in a folder with a long name the socket stands elsewhere', async () => {
    const folder = path.join(dataDir(), 'a-rather-long-folder-name'.repeat(4))
    const server: EmbeddedPostgres = await openEmbeddedPostgres({
      dataDir: folder,
      log: silent,
      mode: 'own',
      settings: { fsync: 'off' },
    })
    expect(Buffer.byteLength(path.join(server.host, '.s.PGSQL.5432'))).toBeLessThanOrEqual(107)
    expect(fs.statSync(server.host).mode & 0o777).toBe(0o700)
    await server.stop()
    expect(fs.existsSync(server.host)).toBe(false)
  })

  test('in a folder with a space, a comma and an apostrophe in its name', async () => {
    const folder = path.join(dataDir(), "Ada's desk, 1")
    const server = await openEmbeddedPostgres({ dataDir: folder, log: silent, mode: 'own', settings: { fsync: 'off' } })
    expect(server.host).toBe(path.join(fs.realpathSync(folder), 'postgres', 'run'))
    await server.stop()
  })

  test('an initdb that was interrupted is made again', async () => {
    const folder = dataDir()
    fs.mkdirSync(path.join(folder, 'postgres', 'data.new', 'base'), { recursive: true })
    fs.chmodSync(folder, 0o711)
    const owner = run(folder, 'own', '', { fast: true })
    await owner.ready()
  })

  const systemBinaries = ['18', '17', '16', '15']
    .map((major) => `/usr/lib/postgresql/${major}/bin`)
    .find((folder) => fs.existsSync(`${folder}/initdb`))
  test.runIf(systemBinaries)('binaries of the system serve as well', async () => {
    const server = await openEmbeddedPostgres({
      dataDir: dataDir(),
      log: silent,
      mode: 'own',
      binDir: systemBinaries,
      settings: { fsync: 'off' },
    })
    const client = new pg.Client(server.url)
    await client.connect()
    const { rows } = await client.query<{ version: string }>('select version() as version')
    expect(rows[0]?.version).toContain('PostgreSQL')
    await client.end()
    await server.stop()
  })

  test('a cluster of another PostgreSQL is refused with one sentence', async () => {
    const folder = dataDir()
    const server = await openEmbeddedPostgres({ dataDir: folder, log: silent, mode: 'own', settings: { fsync: 'off' } })
    await server.stop()
    fs.writeFileSync(path.join(server.home, 'data', 'PG_VERSION'), '14\n')
    await expect(openEmbeddedPostgres({ dataDir: folder, log: silent, mode: 'own' })).rejects.toThrow(
      /made by PostgreSQL 14, and this is 18/,
    )
    // The refused one gave its claim back.
    expect(fs.existsSync(path.join(folder, 'postgres.lock'))).toBe(false)
  })
})

afterAll(() => {
  if (!isLinux) return
  const left = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(`tessera-system-${process.pid}-`))
  expect(left).toEqual([])
})
