import { defineService } from '#core/slots.ts'
import type { ParsePool } from './email/parse-pool.ts'

/** Parses mails on worker threads with limits on time and memory. */
export const mailParser = defineService<ParsePool>('mail parser')
