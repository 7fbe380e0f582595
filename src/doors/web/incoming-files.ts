import type { IncomingFile } from '#files/attachments.ts'

/** Bytes that a form with files may have beside one file of the largest size: fields, boundaries, and further files. */
export const UPLOAD_TOTAL = 2 * 1024 * 1024

/** The files of a form as the files room takes them. */
export const incomingFiles = (files: readonly File[]): Promise<IncomingFile[]> =>
  Promise.all(
    files
      .filter((file) => file.size > 0)
      .map(async (file) => ({
        name: file.name,
        contentType: file.type || 'application/octet-stream',
        content: new Uint8Array(await file.arrayBuffer()),
      })),
  )
