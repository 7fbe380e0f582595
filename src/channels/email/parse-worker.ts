import { parentPort, workerData } from 'node:worker_threads'
import type { MailLimits } from './inbound-mail.ts'
import { packMail, readMail } from './packed-mail.ts'

/** Worker-thread entry of openParsePool: takes { raw }, answers { packed }. */
const limits = (workerData as { limits?: MailLimits } | null)?.limits

parentPort?.on('message', (task: { raw: ArrayBuffer }) => {
  const packed = packMail(readMail(new Uint8Array(task.raw), limits))
  parentPort?.postMessage({ packed }, [packed.contents])
})
