// Installs and builds what is missing. Plain JavaScript on Node 20.19 or newer, no dependency: it runs before there are any.
import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const buildStamp = path.join(root, 'build', '.stamp')
const pinnedNode = path.join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node')

/** One sentence for the person at the terminal, without a stack. */
export class Refusal extends Error {}

/**
 * Makes the checkout ready to run: packages as package-lock.json says, a build as fresh as the sources.
 * `need`: `all` also for the tests and the build, `run` for what only runs; `rebuild: false` takes any finished build.
 */
export async function bootstrap({ need = 'run', build = true, rebuild = true } = {}) {
  checkNode()
  const ready = () => {
    const stale = build && (rebuild ? readText(buildStamp) !== sourceHash() : !fs.existsSync(buildStamp))
    return { stale, missing: missingPackages(stale || need === 'all' ? 'all' : 'run') }
  }
  let state = ready()
  if (!state.stale && state.missing === 0) return
  const release = await holdLock()
  try {
    // Whoever held the lock may have done the work.
    state = ready()
    if (state.missing > 0) await install()
    if (state.stale) await makeBuild()
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes(error.code)) throw error
    throw new Refusal(
      `Tessera has to install or build in ${root}, and this user cannot write ${error.path ?? 'there'} (${error.code}).`,
    )
  } finally {
    release()
  }
}

/** The Node that Tessera runs on: the pinned one, or this one where npm has none for the platform. */
export function runtimeNode() {
  if (fs.existsSync(pinnedNode)) return pinnedNode
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  throw new Refusal(
    `npm has no Node 24 for ${process.platform} on ${process.arch}, and this is Node ${process.versions.node}: start it with Node 24 or newer.`,
  )
}

/** The environment of tools that run on that Node: their `#!/usr/bin/env node` finds it first. */
export function toolEnvironment() {
  const bins = [path.dirname(runtimeNode()), path.join(root, 'node_modules', '.bin')]
  return { ...process.env, PATH: [...bins, process.env.PATH ?? ''].join(path.delimiter) }
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19))
    throw new Refusal(`Tessera needs Node 20.19 or newer; this is ${process.versions.node}.`)
}

// --- packages -------------------------------------------------------------------------------------------------------

/** How many packages of package-lock.json are not in node_modules as it wants them. npm itself keeps the list of what is. */
function missingPackages(need) {
  const wanted = JSON.parse(fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages
  let present = {}
  try {
    present = JSON.parse(fs.readFileSync(path.join(root, 'node_modules', '.package-lock.json'), 'utf8')).packages
  } catch {
    // Nothing was installed, or the installation was interrupted: npm writes the list last.
  }
  let missing = 0
  for (const [name, entry] of Object.entries(wanted)) {
    if (!name.startsWith('node_modules/') || entry.optional || entry.devOptional || (entry.dev && need !== 'all')) continue
    if (!present[name] || present[name].version !== entry.version) missing++
  }
  const node = wanted[`node_modules/node-${process.platform}-${process.arch}`]
  if (node && !fs.existsSync(pinnedNode)) missing++
  return missing
}

async function install() {
  const total = Object.entries(JSON.parse(fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages).filter(
    ([name, entry]) => /^node_modules\/(@[^/]+\/)?[^/]+$/.test(name) && !entry.optional,
  ).length
  const npm =
    process.env.npm_execpath && /npm-cli\.c?js$/.test(process.env.npm_execpath)
      ? [process.execPath, process.env.npm_execpath]
      : ['npm']
  await withProgress(
    'Installing packages',
    () => `${Math.min(total, countPackages())} of ${total}`,
    [...npm, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    npmEnvironment(),
  )
}

/** npm inside npm must not take the outer one's settings, and needs a cache that can be written (a home may be read-only). */
function npmEnvironment() {
  const env = { ...process.env }
  for (const name of Object.keys(env))
    if (/^npm_(config_(ignore_scripts|omit|include|production|global|workspaces?)|lifecycle|package)/i.test(name))
      delete env[name]
  delete env.NODE_ENV
  const cache = env.npm_config_cache ?? path.join(env.HOME || os.homedir(), '.npm')
  try {
    fs.mkdirSync(cache, { recursive: true })
    fs.accessSync(cache, fs.constants.W_OK)
  } catch {
    env.npm_config_cache = path.join(os.tmpdir(), `tessera-npm-${process.getuid?.() ?? 0}`)
  }
  return env
}

/** Packages whose package.json is there: npm makes all the folders first, and then fills them. */
function countPackages() {
  const modules = path.join(root, 'node_modules')
  let names = []
  try {
    names = fs.readdirSync(modules).flatMap((name) => {
      if (!name.startsWith('@')) return [name]
      return fs.readdirSync(path.join(modules, name)).map((inner) => path.join(name, inner))
    })
  } catch {
    // Not there yet.
  }
  return names.filter((name) => fs.existsSync(path.join(modules, name, 'package.json'))).length
}

// --- build ----------------------------------------------------------------------------------------------------------

/** A hash over everything that goes into the build. Contents, not times: a checkout gives every file a new time. */
export function sourceHash() {
  const hash = createHash('sha256')
  const files = ['package-lock.json', 'package.json', 'vite.config.ts', 'react-router.config.ts', 'tsconfig.json']
  const walk = (folder) => {
    for (const entry of fs.readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const name = `${folder}/${entry.name}`
      if (entry.isDirectory()) walk(name)
      else if (!/\.test\.tsx?$|\.md$/.test(entry.name)) files.push(name)
    }
  }
  for (const folder of ['src', 'bench', 'public']) if (fs.existsSync(path.join(root, folder))) walk(folder)
  for (const name of files.sort()) {
    hash.update(`${name}\0`)
    try {
      hash.update(fs.readFileSync(path.join(root, name)))
    } catch {
      // A file that went away between listing and reading counts as empty.
    }
  }
  return hash.digest('hex')
}

async function makeBuild() {
  // The stamp goes first and comes back last, so that an interrupted build counts as none.
  fs.rmSync(buildStamp, { force: true })
  const hash = sourceHash()
  const cli = path.join(root, 'node_modules', '@react-router', 'dev', 'bin.cjs')
  await withProgress('Building', () => '', [runtimeNode(), cli, 'build'], {
    ...toolEnvironment(),
    NODE_ENV: 'production',
    NO_COLOR: '1',
    FORCE_COLOR: '0',
  })
  fs.writeFileSync(buildStamp, hash)
}

// --- one at a time --------------------------------------------------------------------------------------------------

/** Two starts at once: the second waits for the first. A lock of a process that ended counts for nothing. */
async function holdLock() {
  const file = path.join(root, '.bootstrap.lock')
  const draft = `${file}.${process.pid}-${randomBytes(3).toString('hex')}`
  try {
    fs.writeFileSync(draft, `${process.pid} ${startOf(process.pid) ?? ''}`)
  } catch (error) {
    throw new Refusal(`Tessera has to install or build in ${root}, and this user cannot write there (${error.code}).`)
  }
  let told = false
  try {
    for (;;) {
      try {
        fs.linkSync(draft, file)
        return () => fs.rmSync(file, { force: true })
      } catch (error) {
        if (error.code !== 'EEXIST') throw error
      }
      const [pid, started] = readText(file).split(' ')
      if (pid && !isAlive(Number(pid), started)) {
        const aside = `${draft}.old`
        try {
          fs.renameSync(file, aside)
          if (readText(aside) !== `${pid} ${started}`) fs.linkSync(aside, file)
        } catch {
          // Another one was quicker.
        }
        fs.rmSync(aside, { force: true })
        continue
      }
      if (!told && pid) {
        told = true
        say(`Another Tessera installs or builds here (process ${pid}); waiting for it.`)
      }
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  } finally {
    fs.rmSync(draft, { force: true })
  }
}

function isAlive(pid, started) {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (error.code !== 'EPERM') return false
  }
  const now = startOf(pid)
  return now === null || !started || now === started
}

function startOf(pid) {
  const stat = readText(`/proc/${pid}/stat`)
  return stat ? stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] : null
}

// --- telling --------------------------------------------------------------------------------------------------------

/** Runs a tool and shows that it gets on: one line that moves on a terminal, a line now and then elsewhere. */
export async function withProgress(title, detail, [program, ...args], env) {
  const began = Date.now()
  const terminal = process.stderr.isTTY === true
  const seconds = () => Math.round((Date.now() - began) / 1000)
  const show = () => {
    const told = [detail(), `${seconds()} s`].filter(Boolean).join(', ')
    if (terminal) process.stderr.write(`\r\x1b[2K${title} … ${told}`)
    else say(`${title} … ${told}`)
  }
  if (terminal) show()
  else say(`${title} …`)
  const timer = setInterval(show, terminal ? 500 : 5000)
  let output = ''
  const child = spawn(program, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const keep = (chunk) => {
    output = (output + chunk).slice(-20_000)
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  const stop = (signal) => child.kill(signal)
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  let stopped = null
  const handlers = signals.map((signal) => () => {
    stopped = signal
    stop(signal)
  })
  for (const [index, signal] of signals.entries()) process.on(signal, handlers[index])
  const code = await new Promise((resolve) => {
    child.once('error', (error) => {
      output += error.message
      resolve(127)
    })
    child.once('close', (status) => resolve(status ?? 1))
  })
  clearInterval(timer)
  for (const [index, signal] of signals.entries()) process.off(signal, handlers[index])
  if (terminal) process.stderr.write('\r\x1b[2K')
  if (stopped) throw new Refusal(`${title}: stopped.`)
  if (code !== 0)
    throw new Refusal(`${output.trim()}\n\n${title} failed (${path.basename(program)} ${args[0] ?? ''}, code ${code}).`)
  say(`${title}: done in ${seconds()} s.`)
}

export function say(line) {
  process.stderr.write(`${line}\n`)
}

function readText(file) {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
