// npm run check: format and lint, types, walls, generated files. In seconds; every finding is one line.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { bootstrap, Refusal, root, runtimeNode, say, toolEnvironment } from '../bin/bootstrap.mjs'
import { findBreaches } from './walls.mjs'

const bin = (name) => path.join(root, 'node_modules', '.bin', name)

/** All checks side by side; returns how many failed. */
export async function check() {
  const env = toolEnvironment()
  const node = runtimeNode()
  const results = await Promise.all([
    step('format and lint', () =>
      tool(bin('biome'), ['check', '--error-on-warnings', '--max-diagnostics=50', '--colors=off', '.'], env),
    ),
    step('types', async () => {
      const routes = await tool(node, [path.join(root, 'node_modules', '@react-router', 'dev', 'bin.cjs'), 'typegen'], env)
      return routes.ok ? tool(bin('tsc'), ['--noEmit', '-p', '.'], env) : routes
    }),
    step('walls', async () => {
      const breaches = findBreaches(readTree('src'), JSON.parse(fs.readFileSync(path.join(root, 'rooms.json'), 'utf8')))
      return { ok: breaches.length === 0, output: breaches.join('\n') }
    }),
    step('table types', () => tool(node, [path.join(root, 'scripts', 'generate-types.mjs'), '--check'], env)),
  ])
  return { passed: results.filter(Boolean).length, failed: results.filter((ok) => !ok).length }
}

async function step(name, run) {
  const began = performance.now()
  const { ok, output } = await run()
  const took = `${((performance.now() - began) / 1000).toFixed(1)} s`
  say(`${ok ? '✓' : '✗'} ${name} (${took})${ok ? '' : `\n${output.trim()}`}`)
  return ok
}

function tool(program, args, env) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const keep = (chunk) => {
      output += chunk
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.once('error', (error) => resolve({ ok: false, output: error.message }))
    child.once('close', (code) => resolve({ ok: code === 0, output }))
  })
}

/** path → text of every file below a folder that a check reads. */
export function readTree(folder) {
  const files = new Map()
  for (const entry of fs.readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(tsx?|md|sql)$/.test(entry.name)) continue
    const file = path.join(entry.parentPath, entry.name)
    files.set(path.relative(root, file).split(path.sep).join('/'), fs.readFileSync(file, 'utf8'))
  }
  return files
}

if (import.meta.main ?? process.argv[1]?.endsWith('check.mjs')) {
  try {
    await bootstrap({ need: 'all', build: false })
    const { failed } = await check()
    process.exitCode = failed === 0 ? 0 : 1
  } catch (error) {
    say(error instanceof Refusal ? error.message : (error.stack ?? String(error)))
    process.exitCode = 1
  }
}
