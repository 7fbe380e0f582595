import type { FileView } from './view.ts'

export interface Upload {
  done: Promise<FileView>
  cancel(): void
}

/** Sends one file with progress (fetch cannot tell it). `done` fails with the server's sentence. Progress in whole percent. */
export function uploadFile(
  url: string,
  fields: Record<string, string>,
  file: File,
  onProgress: (percent: number) => void,
): Upload {
  const request = new XMLHttpRequest()
  const done = new Promise<FileView>((resolve, reject) => {
    const body = new FormData()
    for (const [name, value] of Object.entries(fields)) body.set(name, value)
    body.set('file', file, file.name)
    request.open('POST', url)
    request.responseType = 'json'
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(Math.min(99, Math.floor((event.loaded / event.total) * 100)))
    }
    request.onload = () => {
      const answer = request.response as { files?: FileView[]; message?: string } | null
      const stored = answer?.files?.[0]
      if (request.status < 300 && stored) resolve(stored)
      else reject(new Error(answer?.message ?? String(request.status)))
    }
    request.onerror = () => reject(new Error('offline'))
    request.onabort = () => reject(new DOMException('cancelled', 'AbortError'))
    request.send(body)
  })
  return { done, cancel: () => request.abort() }
}
