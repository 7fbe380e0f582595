import { closeSync, fsyncSync, linkSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Writes a small file so that after a power cut it is there whole, or not at all: under another name, synced, renamed, and the folder
 * synced. `onlyNew` leaves a file of that name as it is, whoever wrote it meanwhile.
 */
export function writeDurably(file: string, text: string, options: { mode: number; onlyNew?: boolean }): void {
  const draft = `${file}.new-${process.pid}`
  rmSync(draft, { force: true })
  writeFileSync(draft, text, { mode: options.mode, flag: 'wx', flush: true })
  try {
    if (options.onlyNew) linkSync(draft, file)
    else renameSync(draft, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft, { force: true })
  }
  syncFolder(dirname(file))
}

/** What was written to the file stays through a power cut. */
export function syncFile(file: string): void {
  const handle = openSync(file, 'r+')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** A rename or a new file in a folder is durable only when the folder is. */
export function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
