import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import fs from 'node:fs'

/** The process that holds a claim. A pid alone is reused; with its start it is not. */
export type Holder = { pid: number; started: string; command: string }

/**
 * Claims a file for this process for as long as it lives: null when it is ours now, else who holds it.
 * A claim of a process that ended, however it ended, counts for nothing.
 */
export function claimFile(file: string, command: string): Holder | null {
  const mine: Holder = { pid: process.pid, started: startOf(process.pid) ?? '', command }
  const draft = `${file}.${process.pid}-${randomBytes(3).toString('hex')}`
  fs.writeFileSync(draft, `${JSON.stringify(mine)}\n`, { mode: 0o644, flush: true })
  try {
    for (;;) {
      try {
        fs.linkSync(draft, file)
        return null
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      }
      const holder = readHolder(file)
      if (holder && isAlive(holder)) return holder
      takeAway(file, holder)
    }
  } finally {
    fs.rmSync(draft, { force: true })
  }
}

/** Gives a claim up; another process's claim is left alone. */
export function releaseFile(file: string): void {
  const holder = readHolder(file)
  if (holder?.pid === process.pid) fs.rmSync(file, { force: true })
}

/** Who is written in the file, alive or not; null when there is no file or it says nothing. */
export function readHolder(file: string): Holder | null {
  try {
    const read = JSON.parse(fs.readFileSync(file, 'utf8')) as Holder
    return Number.isInteger(read.pid) ? read : null
  } catch {
    return null
  }
}

export function isAlive(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const started = startOf(holder.pid)
  return started === null || holder.started === '' || started === holder.started
}

/** Removes a dead claim by renaming it, and gives it back when somebody else was quicker and it is theirs. */
function takeAway(file: string, dead: Holder | null): void {
  const aside = `${file}.${process.pid}-${randomBytes(3).toString('hex')}.old`
  try {
    fs.renameSync(file, aside)
  } catch {
    return
  }
  const taken = readHolder(aside)
  if (taken && !(dead && taken.pid === dead.pid && taken.started === dead.started)) {
    try {
      fs.linkSync(aside, file)
    } catch {
      // A third one holds it by now.
    }
  }
  fs.rmSync(aside, { force: true })
}

/** When a process started, in a form that no other process with this pid shares; null when the system does not say. */
function startOf(pid: number): string | null {
  try {
    if (process.platform === 'linux') {
      const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8')
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      if (fields[0] === 'Z') return 'ended'
      const boot = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
      return `${boot}:${fields[19]}`
    }
    const asked = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' })
    return asked.status === 0 ? asked.stdout.trim() : null
  } catch {
    return null
  }
}
