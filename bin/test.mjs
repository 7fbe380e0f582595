#!/usr/bin/env node
// npm test: installs what the tests need, runs every check and every test, and closes with one line of counts.
import { spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { bootstrap, Refusal, root, runtimeNode, say, toolEnvironment, withProgress } from './bootstrap.mjs'

const only = process.argv.slice(2)
const total = { passed: 0, failed: 0, skipped: 0 }
const count = (ok) => {
  if (ok) total.passed++
  else total.failed++
}

/** What the tests use of the system: a Debian package, and how to see that it is there. */
const systemPackages = [
  { name: 'chromium', isThere: () => ['chromium', 'chromium-browser', 'google-chrome'].some(onPath) },
  { name: 'dovecot-imapd', isThere: () => onPath('dovecot') && fs.existsSync('/usr/lib/dovecot/imap') },
  { name: 'dovecot-lmtpd', isThere: () => fs.existsSync('/usr/lib/dovecot/lmtp') },
  { name: 'postfix', isThere: () => onPath('postfix') },
  { name: 'nginx', isThere: () => onPath('nginx') },
  { name: 'apache2', isThere: () => onPath('apache2') },
  { name: 'fonts-dejavu-core', isThere: () => fs.existsSync('/usr/share/fonts/truetype/dejavu') },
  {
    name: 'fonts-liberation',
    isThere: () => ['liberation', 'liberation2'].some((name) => fs.existsSync(`/usr/share/fonts/truetype/${name}`)),
  },
]

try {
  await bootstrap({ need: 'all', build: false })
  await installSystemPackages()
  try {
    await bootstrap({ need: 'all' })
    count(true)
  } catch (error) {
    say(error.message)
    count(false)
  }
  if (only.length === 0) {
    say('Checks')
    const { check } = await import('../scripts/check.mjs')
    const checked = await check()
    total.passed += checked.passed
    total.failed += checked.failed
  }
  say('Tests on the embedded PostgreSQL')
  await runTests(only, {})
  const shared = await findSharedServer()
  const files = shared ? databaseTests().filter((file) => only.length === 0 || only.some((part) => file.includes(part))) : []
  if (!shared)
    say(
      'No PostgreSQL of the system answers (DATABASE_URL, localhost:5432, its socket): the second leg of the database tests is left out.',
    )
  else if (files.length > 0) {
    say(`Database tests on PostgreSQL ${shared.version}`)
    await runTests(files, { TEST_DATABASE_URL: shared.url })
  }
} catch (error) {
  say(error instanceof Refusal ? error.message : (error.stack ?? String(error)))
  total.failed++
}
process.stdout.write(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}\n`)
process.exitCode = total.failed === 0 ? 0 : 1

async function runTests(files, environment) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tessera-report-'))
  const report = path.join(folder, 'report.json')
  const env = { ...toolEnvironment(), NODE_ENV: 'test', ...environment }
  // The tests choose their own settings; those of the shell that calls them must not reach the processes they start.
  for (const name of [
    'DATABASE_URL',
    'DATA_DIR',
    'PORT',
    'HOST',
    'BASE_URL',
    'SECRET_KEY',
    'ROLES',
    'SMTP_LISTEN',
    'SMTP_URL',
    'FILES_URL',
  ])
    delete env[name]
  const code = await new Promise((resolve) => {
    const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs')
    const args = [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...files]
    const child = spawn(runtimeNode(), args, { cwd: root, env, stdio: ['ignore', 2, 2] })
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => child.kill(signal))
    child.once('error', () => resolve(127))
    child.once('close', (status) => resolve(status ?? 1))
  })
  let failed = 0
  try {
    const told = JSON.parse(fs.readFileSync(report, 'utf8'))
    failed = told.numFailedTests
    // A file that could not be loaded has no tests to fail.
    failed += told.testResults.filter(
      (file) => file.status === 'failed' && !file.assertionResults.some((one) => one.status === 'failed'),
    ).length
    total.passed += told.numPassedTests
    total.skipped += told.numPendingTests + (told.numTodoTests ?? 0)
  } catch {
    failed = 1
  }
  if (code !== 0 && failed === 0) failed = 1
  total.failed += failed
  fs.rmSync(folder, { recursive: true, force: true })
}

/** The test files that reach tests/world/database.ts through their imports; browsers see no difference between servers. */
function databaseTests() {
  const target = path.join(root, 'tests', 'world', 'database.ts')
  const reaches = new Map()
  const reach = (file) => {
    if (file === target) return true
    if (reaches.has(file)) return reaches.get(file)
    reaches.set(file, false)
    let text = ''
    try {
      text = fs.readFileSync(file, 'utf8')
    } catch {
      return false
    }
    const found = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']*|#[^']*)'/g)].some(([, name]) =>
      reach(name.startsWith('#') ? path.join(root, 'src', name.slice(1)) : path.resolve(path.dirname(file), name)),
    )
    reaches.set(file, found)
    return found
  }
  return ['src', 'tests']
    .flatMap((folder) => fs.readdirSync(path.join(root, folder), { recursive: true }).map((name) => path.join(folder, name)))
    .filter((file) => /\.test\.tsx?$/.test(file) && !file.startsWith(path.join('tests', 'browser')))
    .filter((file) => reach(path.join(root, file)))
    .sort()
}

/** A PostgreSQL 15 or newer on which this user may make databases: DATABASE_URL, else one that lets us in without a password. */
async function findSharedServer() {
  const { default: pg } = await import('pg')
  const user = os.userInfo().username
  const socket = encodeURIComponent('/var/run/postgresql')
  const candidates = process.env.DATABASE_URL
    ? [process.env.DATABASE_URL]
    : [
        'postgres://postgres@localhost:5432/postgres',
        `postgres://${user}@localhost:5432/postgres`,
        `postgres://${user}@/postgres?host=${socket}`,
        `postgres://postgres@/postgres?host=${socket}`,
      ]
  for (const url of candidates) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 })
    client.on('error', () => {})
    try {
      await client.connect()
      const { rows } = await client.query(`select current_setting('server_version') as version,
        current_setting('server_version_num')::int >= 150000 and (rolcreatedb or rolsuper) as fits from pg_roles where rolname = current_user`)
      if (rows[0]?.fits) return { url, version: rows[0].version }
    } catch {
      // The next one may let us in.
    } finally {
      await client.end().catch(() => {})
    }
  }
  return null
}

async function installSystemPackages() {
  const missing = systemPackages.filter(({ isThere }) => !isThere()).map(({ name }) => name)
  if (missing.length === 0) return
  const command = `apt-get install -y --no-install-recommends ${missing.join(' ')}`
  if (process.getuid?.() !== 0 || !onPath('apt-get')) {
    say(`Missing: ${missing.join(', ')}. Tests that need them are skipped; as root: ${command}`)
    return
  }
  // Debian starts what it installs; this file tells it not to. The tests start servers of their own.
  const policy = '/usr/sbin/policy-rc.d'
  const ours = !fs.existsSync(policy)
  if (ours) fs.writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  try {
    await withProgress('Reading package lists', () => '', ['apt-get', 'update', '-q'], env)
    await withProgress(`Installing ${missing.join(', ')}`, () => '', command.split(' '), env)
  } catch (error) {
    say(`${error.message}\nTests that need ${missing.join(', ')} are skipped.`)
  } finally {
    if (ours) fs.rmSync(policy, { force: true })
  }
}

function onPath(program) {
  return spawnSync('sh', ['-c', `PATH="$PATH:/usr/sbin:/sbin" command -v ${program}`], { stdio: 'ignore' }).status === 0
}
