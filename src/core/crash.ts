/**
 * Points at which a test may ask the process to die as by a power cut, to prove that nothing is lost there.
 * Armed only by configuration; a no-op otherwise.
 */
export type CrashPoint = 'after-blob' | 'after-row' | 'after-commit' | 'before-ack' | 'mid-send'

let armed: string | null = null

export function armCrash(point: string | null): void {
  armed = point
}

export function crashPoint(point: CrashPoint): void {
  if (armed === point) process.kill(process.pid, 'SIGKILL')
}
