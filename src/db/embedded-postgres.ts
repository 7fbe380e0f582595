import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { claimFile, type Holder, isAlive, readHolder, releaseFile } from './claim-file.ts'
import { syncFolder, writeDurably } from './durable-file.ts'

const DATABASE = 'tessera'
const USER = 'tessera'
/** sockaddr_un.sun_path holds 108 bytes, the last one NUL. */
const LONGEST_SOCKET_PATH = 107
const NOBODY = 65534

/** Where the server's own lines go; pino fits. */
export type ServerLog = {
  debug(message: string): void
  info(message: string): void
  warn(message: string): void
  error(message: string): void
}

export type EmbeddedPostgresOptions = {
  /** Absolute path of DATA_DIR; made when missing. */
  dataDir: string
  log: ServerLog
  /**
   * `own`: the one long-lived process of this folder; refused while another one runs, and the server is watched and
   * started again when it dies. `join`: use the server that runs, or start it for as long as this process needs it.
   */
  mode: 'own' | 'join'
  /** A folder with `initdb` and `postgres` of another PostgreSQL (PG_BIN_DIR); else the binaries from the npm registry. */
  binDir?: string | undefined
  /** Server settings on top of ours, for tests (`fsync: 'off'`). */
  settings?: Record<string, string> | undefined
}

export type EmbeddedPostgres = {
  /** The folder of the unix socket, as libpq's `host`. */
  host: string
  port: number
  database: string
  user: string
  /** The same as one connection string. */
  url: string
  /** The folder that holds the cluster; DATA_DIR/postgres unless the server's user cannot reach that. */
  home: string
  /** Pid of the postmaster that runs now, null while it is being started again. */
  pid(): number | null
  /** Fast shutdown of a server we run (a checkpoint, then exit); of a joined one nothing. Safe to call twice. */
  stop(): Promise<void>
}

/** Another process runs the database of this folder. The message is fit to print as it is. */
export class DataDirInUse extends Error {
  readonly code = 'data_dir_in_use'
  readonly pid: number
  constructor(message: string, pid: number) {
    super(message)
    this.name = 'DataDirInUse'
    this.pid = pid
  }
}

/** The embedded server could not be made or started. The message is fit to print as it is. */
export class EmbeddedPostgresFailed extends Error {
  readonly code = 'embedded_postgres_failed'
  constructor(message: string) {
    super(message)
    this.name = 'EmbeddedPostgresFailed'
  }
}

type Identity = { uid: number; gid: number } | null
type Binaries = { bin: string; lib: string | null; version: string }

/**
 * Opens the PostgreSQL that lives in DATA_DIR: makes the cluster on first use, starts the server (or joins the one that
 * runs), waits until it takes connections.
 *
 * Throws DataDirInUse when mode is `own` and another process has the folder, EmbeddedPostgresFailed when the server
 * cannot be made or started.
 */
export async function openEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { log, mode } = options
  makeDataDir(options.dataDir)
  const dataDir = fs.realpathSync(options.dataDir)
  const lock = path.join(dataDir, 'postgres.lock')
  const deadline = performance.now() + 30_000
  let told = false
  for (;;) {
    const holder = claimFile(lock, mode)
    if (holder === null) break
    if (mode === 'own' && holder.command === 'own') {
      throw new DataDirInUse(
        `Tessera already runs on ${dataDir} (process ${holder.pid}); stop that one first, or give this one a DATA_DIR of its own.`,
        holder.pid,
      )
    }
    if (mode === 'join') {
      const joined = await joinRunning(dataDir, holder)
      if (joined) return joined
    } else if (!told) {
      told = true
      log.info(`Waiting for another command to finish with the database (process ${holder.pid}).`)
    }
    if (performance.now() > deadline) {
      throw new DataDirInUse(
        `Another command uses the database in ${dataDir} (process ${holder.pid}); try again when it has finished.`,
        holder.pid,
      )
    }
    await delay(50)
  }
  try {
    return await startOwn(dataDir, lock, options)
  } catch (error) {
    releaseFile(lock)
    throw error
  }
}

/** The process that runs the embedded database of this folder, or null. For `doctor` and tests. */
export function embeddedPostgresHolder(dataDir: string): Holder | null {
  const holder = readHolder(path.join(dataDir, 'postgres.lock'))
  return holder && isAlive(holder) ? holder : null
}

async function startOwn(dataDir: string, lock: string, options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { log, mode } = options
  const identity = serverIdentity(dataDir)
  const home = clusterHome(dataDir, identity, log)
  const binaries = options.binDir ? systemBinaries(options.binDir) : packagedBinaries(home)
  const data = path.join(home, 'data')
  await makeCluster({ home, data, binaries, identity, log, sync: options.settings?.fsync !== 'off' })
  checkCluster(data, binaries, identity)
  await stopOrphan(data, log)
  const socketDir = makeSocketDir(home, identity)

  let child: ChildProcess | null = null
  let stopping = false
  let restarting: Promise<void> | null = null

  const launch = async () => {
    const started = await startServer({
      data,
      socketDir,
      binaries,
      identity,
      log,
      settings: options.settings ?? {},
      isStopping: () => stopping,
    })
    child = started
    started.once('exit', (code, signal) => {
      if (child === started) child = null
      if (stopping) return
      log.error(`The embedded PostgreSQL ended (${signal ?? `code ${code}`}); starting it again.`)
      restarting = restart()
    })
  }
  const restart = async () => {
    for (let wait = 100; !stopping; wait = Math.min(wait * 2, 5000)) {
      try {
        await launch()
        log.info('The embedded PostgreSQL runs again.')
        return
      } catch (error) {
        if (stopping) return
        log.error(`The embedded PostgreSQL could not be started again: ${messageOf(error)}`)
        await delay(wait)
      }
    }
  }

  const stop = async () => {
    if (stopping) return
    stopping = true
    await restarting
    const running = child
    if (running) await stopServer(running, mode === 'join' ? 'SIGTERM' : 'SIGINT')
    if (!socketDir.startsWith(home)) fs.rmSync(socketDir, { recursive: true, force: true })
    releaseFile(lock)
  }

  await launch()
  try {
    await makeDatabase(socketDir)
  } catch (error) {
    await stop()
    throw error
  }
  return { ...address(socketDir), home, pid: () => child?.pid ?? null, stop }
}

/** A server that somebody else runs: wait until it takes connections, or until its holder is gone (then null). */
async function joinRunning(dataDir: string, holder: Holder): Promise<EmbeddedPostgres | null> {
  for (let tries = 0; tries < 300; tries++) {
    const home = recordedHome(dataDir)
    const running = home ? readPostmaster(path.join(home, 'data')) : null
    if (home && running?.ready && running.socketDir && (await answers(running.socketDir))) {
      return { ...address(running.socketDir), home, pid: () => running.pid, stop: async () => {} }
    }
    if (!isAlive(holder)) return null
    await delay(100)
  }
  return null
}

function address(socketDir: string) {
  return {
    host: socketDir,
    port: 5432,
    database: DATABASE,
    user: USER,
    url: `postgresql://${USER}@/${DATABASE}?host=${encodeURIComponent(socketDir)}`,
  }
}

// --- who runs it, and where ---------------------------------------------------------------------------------------

function makeDataDir(dataDir: string): void {
  if (fs.existsSync(dataDir)) return
  // As root the server runs as somebody else, who must be able to walk through; nothing in the folder is listed by that.
  fs.mkdirSync(dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 })
}

/** PostgreSQL refuses to run as root, so root lends it the owner of the cluster, or an unprivileged user. */
function serverIdentity(dataDir: string): Identity {
  if (process.getuid?.() !== 0) return null
  const home = recordedHome(dataDir)
  if (home && fs.existsSync(path.join(home, 'data'))) {
    const { uid, gid } = fs.statSync(path.join(home, 'data'))
    if (uid !== 0) return { uid, gid }
  }
  // initdb looks its user up, so the uid must be one the machine knows.
  const nobody = readPasswd().find((entry) => entry.name === 'nobody' || entry.uid === NOBODY)
  return nobody ? { uid: nobody.uid, gid: nobody.gid } : { uid: NOBODY, gid: NOBODY }
}

function readPasswd(): { name: string; uid: number; gid: number }[] {
  try {
    return fs
      .readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .filter((fields) => fields.length >= 4)
      .map((fields) => ({ name: fields[0]!, uid: Number(fields[2]), gid: Number(fields[3]) }))
  } catch {
    return []
  }
}

/** Where the cluster of this DATA_DIR lives, when it has one. */
function recordedHome(dataDir: string): string | null {
  const inside = path.join(dataDir, 'postgres')
  if (fs.existsSync(path.join(inside, 'data'))) return inside
  try {
    const elsewhere = fs.readFileSync(path.join(dataDir, 'postgres-location'), 'utf8').trim()
    return elsewhere && fs.existsSync(elsewhere) ? elsewhere : null
  } catch {
    return null
  }
}

function clusterHome(dataDir: string, identity: Identity, log: ServerLog): string {
  const recorded = recordedHome(dataDir)
  if (recorded) {
    if (!recorded.startsWith(dataDir)) log.info(`The database of ${dataDir} is kept in ${recorded}.`)
    return recorded
  }
  const inside = path.join(dataDir, 'postgres')
  makeOwned(inside, identity)
  if (!identity || canUse(inside, identity)) return inside
  fs.rmSync(inside, { recursive: true, force: true })
  const parent = '/var/lib/tessera'
  fs.mkdirSync(parent, { recursive: true, mode: 0o755 })
  const hash = createHash('sha256').update(dataDir).digest('hex').slice(0, 12)
  let elsewhere = path.join(parent, hash)
  const location = path.join(dataDir, 'postgres-location')
  if (fs.existsSync(path.join(elsewhere, 'data'))) {
    // A desk whose file with the place of its database was lost: an empty one in its stead would look as if all were gone.
    const isDesk = ['secret-key', 'files'].some((name) => fs.existsSync(path.join(dataDir, name)))
    if (isDesk) {
      throw new EmbeddedPostgresFailed(
        `There is a database of ${dataDir} in ${elsewhere}, but ${location} does not name it: write that path into the file to use it, or remove ${elsewhere} to begin with an empty desk.`,
      )
    }
    // A new folder where another desk once was: that one's database stays untouched.
    log.warn(`A database of an earlier ${dataDir} is left in ${elsewhere}; this desk gets one of its own.`)
    elsewhere = `${elsewhere}-${randomBytes(3).toString('hex')}`
  }
  makeOwned(elsewhere, identity)
  if (!canUse(elsewhere, identity)) {
    fs.rmSync(elsewhere, { recursive: true, force: true })
    throw new EmbeddedPostgresFailed(
      `PostgreSQL cannot run as root, and the user it would run as (uid ${identity.uid}) reaches neither ${dataDir} nor ${elsewhere}.`,
    )
  }
  syncFolder(parent)
  writeDurably(location, `${elsewhere}\n`, { mode: 0o644 })
  log.info(`The database is kept in ${elsewhere}, since its user (uid ${identity.uid}) cannot reach ${dataDir}.`)
  return elsewhere
}

function makeOwned(folder: string, identity: Identity): void {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (identity) fs.chownSync(folder, identity.uid, identity.gid)
  fs.chmodSync(folder, 0o700)
}

/** Asks the system itself rather than reading modes: lists of rights and mount options count too. */
function canUse(folder: string, identity: { uid: number; gid: number }): boolean {
  const script = 'cd "$1" && : > .probe && rm .probe'
  const env = { PATH: '/usr/bin:/bin' }
  const tried = spawnSync('/bin/sh', ['-c', script, 'sh', folder], { ...identity, cwd: '/', stdio: 'ignore', env })
  return tried.status === 0
}

function makeSocketDir(home: string, identity: Identity): string {
  const inside = path.join(home, 'run')
  if (fits(inside)) {
    makeOwned(inside, identity)
    return inside
  }
  for (const parent of [os.tmpdir(), '/tmp', '/var/tmp']) {
    try {
      const made = fs.mkdtempSync(path.join(parent, 'tessera-'))
      if (identity) fs.chownSync(made, identity.uid, identity.gid)
      if (fits(made) && (!identity || canUse(made, identity))) return made
      fs.rmSync(made, { recursive: true, force: true })
    } catch {
      // The next folder may be writable.
    }
  }
  throw new EmbeddedPostgresFailed(
    `No folder for the database's socket: ${inside} is too long a path (a socket takes ${LONGEST_SOCKET_PATH} bytes), and /tmp cannot be written.`,
  )
}

function fits(folder: string): boolean {
  return Buffer.byteLength(path.join(folder, '.s.PGSQL.5432')) <= LONGEST_SOCKET_PATH
}

// --- binaries -----------------------------------------------------------------------------------------------------

function systemBinaries(binDir: string): Binaries {
  const bin = path.resolve(binDir)
  const asked = spawnSync(path.join(bin, 'postgres'), ['--version'], { encoding: 'utf8' })
  const version = /(\d+)(\.\d+)*/.exec(asked.stdout ?? '')?.[0]
  if (!version) throw new EmbeddedPostgresFailed(`PG_BIN_DIR (${binDir}) holds no PostgreSQL that runs here.`)
  return { bin, lib: null, version }
}

/**
 * Puts the packaged binaries beside the data: the server's user may not reach node_modules, a new install must not pull
 * files from under a running server, and without install scripts the package's library links are missing.
 */
function packagedBinaries(home: string): Binaries {
  const require = createRequire(import.meta.url)
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  let root: string
  try {
    root = path.resolve(path.dirname(require.resolve(name)), '..')
  } catch {
    throw new EmbeddedPostgresFailed(
      `There is no embedded PostgreSQL for ${process.platform} on ${process.arch}: set DATABASE_URL to a PostgreSQL 15 or newer, or PG_BIN_DIR to the folder of its binaries.`,
    )
  }
  const manifest = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string }
  const target = path.join(home, `pg-${manifest.version}`)
  if (!fs.existsSync(target)) {
    const fresh = `${target}.new-${randomBytes(3).toString('hex')}`
    const native = path.join(root, 'native')
    copyTree(native, fresh)
    const links = JSON.parse(fs.readFileSync(path.join(native, 'pg-symlinks.json'), 'utf8')) as {
      source: string
      target: string
    }[]
    for (const link of links) {
      const from = path.join(fresh, path.relative('native', link.target))
      const to = path.join(fresh, path.relative('native', link.source))
      fs.rmSync(from, { force: true })
      fs.symlinkSync(path.relative(path.dirname(from), to), from)
    }
    for (const program of ['initdb', 'postgres', 'pg_ctl']) fs.chmodSync(path.join(fresh, 'bin', program), 0o755)
    fs.renameSync(fresh, target)
    for (const other of fs.readdirSync(home)) {
      const old = other.startsWith('pg-') && path.join(home, other) !== target
      if (old) fs.rmSync(path.join(home, other), { recursive: true, force: true })
    }
  }
  return { bin: path.join(target, 'bin'), lib: path.join(target, 'lib'), version: manifest.version }
}

/** Hard links where the file system allows them, copies elsewhere; readable by the server's user either way. */
function copyTree(from: string, to: string): void {
  fs.mkdirSync(to, { recursive: true, mode: 0o755 })
  fs.chmodSync(to, 0o755)
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const source = path.join(from, entry.name)
    const target = path.join(to, entry.name)
    if (entry.name.endsWith('.a') || entry.name === 'pkgconfig') continue
    if (entry.isDirectory()) copyTree(source, target)
    else if (entry.isFile()) {
      const shared = (fs.statSync(source).mode & 0o004) !== 0
      try {
        if (!shared) throw new Error('not readable by everybody')
        fs.linkSync(source, target)
      } catch {
        fs.copyFileSync(source, target, fs.constants.COPYFILE_FICLONE)
        fs.chmodSync(target, fs.statSync(source).mode | 0o444)
      }
    }
  }
}

// --- the cluster --------------------------------------------------------------------------------------------------

type ClusterPlan = { home: string; data: string; binaries: Binaries; identity: Identity; log: ServerLog; sync: boolean }

async function makeCluster({ home, data, binaries, identity, log, sync }: ClusterPlan): Promise<void> {
  if (fs.existsSync(path.join(data, 'PG_VERSION'))) return
  log.info('Making the database.')
  // Under another name until it is whole: an initdb that was interrupted leaves nothing that looks like a cluster.
  const fresh = `${data}.new`
  let failure = ''
  for (const locale of ['C.UTF-8', 'C']) {
    fs.rmSync(fresh, { recursive: true, force: true })
    const made = await run(
      path.join(binaries.bin, 'initdb'),
      [
        ...['-D', fresh, '-U', USER, '--auth=trust', '--encoding=UTF8', '--data-checksums'],
        ...['--locale-provider=icu', '--icu-locale=und', `--locale=${locale}`, ...(sync ? [] : ['--no-sync'])],
      ],
      { ...spawnOptions(binaries, home), ...(identity ?? {}) },
    )
    if (made.code === 0) {
      fs.rmSync(data, { recursive: true, force: true })
      fs.renameSync(fresh, data)
      syncFolder(home)
      return
    }
    failure = made.output
  }
  fs.rmSync(fresh, { recursive: true, force: true })
  throw new EmbeddedPostgresFailed(`PostgreSQL could not make its files in ${home}: ${lastLine(failure)}`)
}

function checkCluster(data: string, binaries: Binaries, identity: Identity): void {
  const has = fs.readFileSync(path.join(data, 'PG_VERSION'), 'utf8').trim()
  const major = binaries.version.split('.')[0]
  if (has !== major) {
    throw new EmbeddedPostgresFailed(
      `The database in ${data} was made by PostgreSQL ${has}, and this is ${major}: back it up with the version that made it, and restore it here.`,
    )
  }
  const owner = fs.statSync(data).uid
  const runs = identity?.uid ?? process.getuid?.() ?? owner
  if (owner !== runs) {
    throw new EmbeddedPostgresFailed(
      `The database in ${data} belongs to user ${owner}, and this process runs as ${runs}: start it as that user, or as root.`,
    )
  }
}

type Postmaster = { pid: number; socketDir: string | null; ready: boolean }

/** Reads postmaster.pid (its lines: pid, data folder, start, port, socket folder, address, shared memory, status). */
function readPostmaster(data: string): Postmaster | null {
  try {
    const lines = fs.readFileSync(path.join(data, 'postmaster.pid'), 'utf8').split('\n')
    const pid = Number(lines[0])
    if (!Number.isInteger(pid) || pid <= 1) return null
    return { pid, socketDir: lines[4]?.trim() || null, ready: lines[7]?.trim() === 'ready' }
  } catch {
    return null
  }
}

/**
 * Whoever ran the last server is gone (we hold the lock), so a server that still runs is an orphan: stop it, the way it
 * would have been stopped. Its clients are gone as well.
 */
async function stopOrphan(data: string, log: ServerLog): Promise<void> {
  const orphan = readPostmaster(data)
  if (!orphan || !isServerOf(orphan.pid, data)) return
  log.warn(`Stopping the database server that an ended process left running (process ${orphan.pid}).`)
  for (const [signal, patience] of [
    ['SIGINT', 30_000],
    ['SIGQUIT', 10_000],
    ['SIGKILL', 5000],
  ] as const) {
    try {
      process.kill(orphan.pid, signal)
    } catch {
      return
    }
    const until = performance.now() + patience
    while (performance.now() < until) {
      if (!isServerOf(orphan.pid, data)) return
      await delay(20)
    }
  }
  throw new EmbeddedPostgresFailed(`The database server that was left running (process ${orphan.pid}) does not stop.`)
}

/** Whether this pid is a PostgreSQL process of this cluster, and no stranger who got the number since. */
function isServerOf(pid: number, data: string): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  if (process.platform !== 'linux') return true
  try {
    if (/^State:\s+Z/m.test(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))) return false
    return fs.readlinkSync(`/proc/${pid}/cwd`) === fs.realpathSync(data)
  } catch {
    return false
  }
}

// --- the server ---------------------------------------------------------------------------------------------------

type ServerPlan = {
  data: string
  socketDir: string
  binaries: Binaries
  identity: Identity
  log: ServerLog
  settings: Record<string, string>
  isStopping: () => boolean
}

/**
 * Starts the server and waits until it is ready. After a kill of the whole tree, backends may outlive the postmaster for
 * a moment and hold the shared memory: try again until they are gone, and end those that are still busy after 5 s.
 */
async function startServer(plan: ServerPlan): Promise<ChildProcess> {
  const began = performance.now()
  for (;;) {
    const tried = await tryStart(plan)
    if (tried.child) return tried.child
    const held = /pre-existing shared memory block|is another postmaster|lock file "[^"]*" already exists/.test(tried.output)
    if (!held || performance.now() - began > 20_000) {
      throw new EmbeddedPostgresFailed(`PostgreSQL did not start in ${plan.data}: ${lastLine(tried.output)}`)
    }
    if (performance.now() - began > 5000) endLeftovers(plan.data)
    await delay(100)
  }
}

function tryStart(plan: ServerPlan): Promise<{ child: ChildProcess | null; output: string }> {
  const settings = { ...tuning(), ...plan.settings }
  const args = ['-D', plan.data]
  // The setting is a list: a comma in the path would end the name.
  const quotedList = `"${plan.socketDir.replaceAll('"', '""')}"`
  const always = { listen_addresses: '', unix_socket_directories: quotedList, unix_socket_permissions: '0700', port: '5432' }
  for (const [name, value] of Object.entries({ ...settings, ...always })) args.push('-c', `${name}=${value}`)
  const postgres = path.join(plan.binaries.bin, 'postgres')
  const guard = diesWithParent()
  const identity = plan.identity
  const lent = identity ? [`--reuid=${identity.uid}`, `--regid=${identity.gid}`, '--clear-groups'] : []
  const child = spawn(guard ? 'setpriv' : postgres, guard ? ['--pdeathsig', 'INT', ...lent, postgres, ...args] : args, {
    ...spawnOptions(plan.binaries, plan.data),
    ...(guard || !identity ? {} : identity),
    // A process group of its own: Ctrl-C is for us to hear, and we stop the server when our own work has ended.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  return new Promise((resolve) => {
    let output = ''
    let rest = ''
    let settled = false
    const settle = (result: ChildProcess | null) => {
      if (settled) return
      settled = true
      resolve({ child: result, output })
    }
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      if (!settled) output += chunk
      rest += chunk
      const lines = rest.split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) tell(plan.log, line, plan.isStopping())
      if (!settled && output.includes('database system is ready to accept connections')) settle(child)
    })
    child.once('error', (error) => {
      output += `\n${error.message}`
      settle(null)
    })
    child.once('close', () => settle(null))
  })
}

/** Fast shutdown; SIGTERM first where others may still be joined to us, so that they can finish. */
async function stopServer(child: ChildProcess, signal: 'SIGINT' | 'SIGTERM'): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve()
    else child.once('exit', () => resolve())
  })
  child.kill(signal)
  const steps: ['SIGINT' | 'SIGQUIT' | 'SIGKILL', number][] = [
    ['SIGINT', signal === 'SIGTERM' ? 60_000 : 30_000],
    ['SIGQUIT', 30_000],
    ['SIGKILL', 10_000],
  ]
  for (const [next, patience] of steps) {
    const timer = new AbortController()
    const late = delay(patience, 'late' as const, { signal: timer.signal, ref: false }).catch(() => 'ended' as const)
    const outcome = await Promise.race([ended.then(() => 'ended' as const), late])
    timer.abort()
    if (outcome === 'ended') return
    child.kill(next)
  }
  await ended
}

/** Backends whose postmaster was killed and that are too busy to have noticed. To the next start it is one crash more. */
function endLeftovers(data: string): void {
  if (process.platform !== 'linux') return
  const real = fs.realpathSync(data)
  for (const entry of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue
    try {
      if (fs.readlinkSync(`/proc/${entry}/cwd`) !== real) continue
      if (path.basename(fs.readlinkSync(`/proc/${entry}/exe`)).startsWith('postgres')) process.kill(Number(entry), 'SIGKILL')
    } catch {
      // It ended, or it is somebody else's.
    }
  }
}

async function makeDatabase(socketDir: string): Promise<void> {
  const client = new pg.Client({ host: socketDir, port: 5432, user: USER, database: 'postgres' })
  client.on('error', () => {})
  await client.connect()
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [DATABASE])
    if (found.rowCount === 0) await client.query(`create database ${DATABASE}`)
  } finally {
    await client.end()
  }
}

async function answers(socketDir: string): Promise<boolean> {
  const client = new pg.Client({ host: socketDir, port: 5432, user: USER, database: DATABASE, connectionTimeoutMillis: 5000 })
  client.on('error', () => {})
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

/** Settings for a machine that the application shares: an eighth of the memory for the server's own cache. */
function tuning(): Record<string, string> {
  const limit = process.constrainedMemory()
  const megabytes = Math.min(os.totalmem(), limit > 0 ? limit : Number.POSITIVE_INFINITY) / 1048576
  const between = (low: number, value: number, high: number) => Math.round(Math.max(low, Math.min(value, high)))
  const cores = os.availableParallelism()
  return {
    shared_buffers: `${between(32, megabytes / 8, 2048)}MB`,
    effective_cache_size: `${between(128, megabytes / 2, 65_536)}MB`,
    maintenance_work_mem: `${between(32, megabytes / 32, 512)}MB`,
    work_mem: `${between(4, megabytes / 512, 32)}MB`,
    max_connections: '100',
    max_wal_size: '1GB',
    wal_compression: 'on',
    checkpoint_timeout: '10min',
    random_page_cost: '1.1',
    // A desk's queries are short: compiling them costs more than it saves.
    jit: 'off',
    max_parallel_workers_per_gather: cores > 2 ? '2' : '0',
    timezone: 'UTC',
    log_timezone: 'UTC',
    lc_messages: 'C',
    log_line_prefix: '',
    log_checkpoints: 'off',
    // A statement may carry a customer's words; they do not belong in a log.
    log_min_error_statement: 'panic',
  }
}

function spawnOptions(binaries: Binaries, cwd: string) {
  const env: NodeJS.ProcessEnv = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }
  if (binaries.lib && process.platform === 'linux') env.LD_LIBRARY_PATH = binaries.lib
  return { cwd, env }
}

let guard: boolean | null = null
/** Whether the system can tie the server's life to ours (util-linux setpriv, Linux only). */
function diesWithParent(): boolean {
  if (guard === null) {
    guard = process.platform === 'linux' && spawnSync('setpriv', ['--pdeathsig', 'INT', 'true'], { stdio: 'ignore' }).status === 0
  }
  return guard
}

function run(
  program: string,
  args: string[],
  options: { cwd: string; env: NodeJS.ProcessEnv; uid?: number; gid?: number },
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout?.on('data', (chunk) => {
      output += chunk
    })
    child.stderr?.on('data', (chunk) => {
      output += chunk
    })
    child.once('error', (error) => resolve({ code: 127, output: error.message }))
    child.once('close', (code) => resolve({ code, output }))
  })
}

function tell(log: ServerLog, line: string, isStopping: boolean): void {
  const text = line.trim()
  if (!text) return
  if (/^(FATAL|PANIC):/.test(text) && !isStopping) log.warn(`postgres: ${text}`)
  else log.debug(`postgres: ${text}`)
}

function lastLine(output: string): string {
  const lines = output
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
  const told = lines.filter((line) => /^(FATAL|PANIC|initdb: error|.*cannot|.*could not)/.test(line))
  return told.at(-1) ?? lines.at(-1) ?? 'it said nothing'
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
