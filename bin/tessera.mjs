#!/usr/bin/env node
// The way in: makes the checkout ready (see bootstrap.mjs), then runs the command line on the pinned Node.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { bootstrap, Refusal, root, runtimeNode, say } from './bootstrap.mjs'

const args = process.argv.slice(2)

try {
  // A mail server waits for pipe-mail: any finished build will do.
  await bootstrap({ rebuild: args[0] !== 'pipe-mail' })
  run()
} catch (error) {
  say(error instanceof Refusal ? error.message : (error.stack ?? String(error)))
  // sysexits.h EX_TEMPFAIL: the mail server keeps the mail and tries again.
  process.exitCode = args[0] === 'pipe-mail' ? 75 : 1
}

function run() {
  const child = spawn(runtimeNode(), [path.join(root, 'build', 'server', 'cli.js'), ...args], {
    // The fourth is a channel on which nothing is said: when we die, however we die, its end tells the child.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, NODE_ENV: process.env.NODE_ENV ?? 'production' },
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // Ctrl-C reaches the child by itself: a terminal tells its whole group.
      if (signal === 'SIGINT' && process.stdin.isTTY) return
      child.kill(signal)
    })
  }
  // npm may be killed without passing it on; then we, or the shell between us, have another parent than at the start.
  const ancestors = () => [process.ppid, parentOf(process.ppid)].join()
  const began = ancestors()
  const watch = setInterval(() => {
    if (process.env.npm_lifecycle_event && ancestors() !== began) child.kill('SIGTERM')
  }, 1000)
  child.once('error', (error) => {
    clearInterval(watch)
    say(`Node could not be started: ${error.message}`)
    process.exitCode = 1
  })
  child.once('exit', (code, signal) => {
    clearInterval(watch)
    if (signal) {
      process.removeAllListeners(signal)
      process.kill(process.pid, signal)
    } else {
      process.exitCode = code ?? 1
      if (child.connected) child.disconnect()
    }
  })
}

/** The parent of another process, where the system tells it in a file (Linux). */
function parentOf(pid) {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]
  } catch {
    return null
  }
}
