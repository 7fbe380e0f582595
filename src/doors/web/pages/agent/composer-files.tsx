import { X } from 'lucide-react'
import { type Dispatch, type SetStateAction, useCallback, useState } from 'react'
import { useT } from '#i18n/react.tsx'
import { IconButton } from '../../ui/button.tsx'
import { newSubmission } from '../../ui/form.tsx'
import { useRequest } from '../../ui/request.tsx'
import { toast } from '../../ui/toast.tsx'
import type { EntryKind } from './composer-kind.ts'
import { uploadFile } from './upload-file.ts'
import type { FileView, TicketView } from './view.ts'

/** A file that is on its way to the desk. */
export interface Sending {
  name: string
  percent: number
  cancel(): void
}

export interface ComposerFiles {
  files: Record<EntryKind, FileView[]>
  setFiles: Dispatch<SetStateAction<Record<EntryKind, FileView[]>>>
  sending: Record<string, Sending>
  attach(list: File[]): Promise<FileView | null>
  /** Stores a picture for the text; its address, or null when it could not be stored. */
  attachImage(file: File): Promise<string | null>
  remove(file: FileView): void
}

/** The files of what is being written: stored at once beside its draft, so that a reload loses none. */
export function useComposerFiles(ticket: TicketView, kind: EntryKind, first: Record<EntryKind, FileView[]>): ComposerFiles {
  const t = useT()
  const { csrf } = useRequest()
  const [files, setFiles] = useState(first)
  const [sending, setSending] = useState<Record<string, Sending>>({})
  const attach = useCallback(
    async (list: File[], silent = false): Promise<FileView | null> => {
      let last: FileView | null = null
      await Promise.all(
        list.map(async (file) => {
          const id = newSubmission()
          const upload = uploadFile(`/agent/tickets/${ticket.number}/files`, { csrf, submission: id, kind }, file, (percent) =>
            setSending((before) => (before[id] ? { ...before, [id]: { ...before[id], percent } } : before)),
          )
          setSending((before) => ({ ...before, [id]: { name: file.name, percent: 0, cancel: upload.cancel } }))
          try {
            const stored = await upload.done
            last = stored
            if (!silent) setFiles((before) => ({ ...before, [kind]: [...before[kind], stored] }))
          } catch (error) {
            if (error instanceof Error && error.name !== 'AbortError') {
              const reason = error.message === 'offline' ? t('errors.unavailable') : error.message
              toast({ text: t('agent.composer.uploadFailed', { name: file.name, reason }), tone: 'danger' })
            }
          } finally {
            setSending((before) => {
              const { [id]: _gone, ...rest } = before
              return rest
            })
          }
        }),
      )
      return last
    },
    [csrf, kind, t, ticket.number],
  )
  const attachImage = useCallback(
    async (file: File): Promise<string | null> => (await attach([file], true))?.href ?? null,
    [attach],
  )

  const remove = (file: FileView) => {
    setFiles((before) => ({ ...before, [kind]: before[kind].filter((one) => one.id !== file.id) }))
    const body = new URLSearchParams({ csrf, submission: newSubmission(), remove: String(file.id) })
    void fetch(`/agent/tickets/${ticket.number}/files`, { method: 'POST', body })
  }

  return { files, setFiles, sending, attach, attachImage, remove }
}

/** The files beside the text, and those on their way. */
export function FileChips({
  files,
  sending,
  onRemove,
}: {
  files: FileView[]
  sending: [string, Sending][]
  onRemove(file: FileView): void
}) {
  const t = useT()
  if (files.length === 0 && sending.length === 0) return null
  return (
    <ul className="flex flex-wrap gap-1.5 px-3 py-1.5" aria-label={t('agent.entry.attachments', { count: files.length })}>
      {files.map((file) => (
        <li key={file.id} className="flex min-w-0 max-w-64 items-center gap-1 rounded-small border border-line bg-surface ps-2">
          <a href={file.href} target="_blank" rel="noopener" className="min-w-0 truncate text-small">
            {file.name}
          </a>
          <IconButton label={t('agent.composer.removeFile', { name: file.name })} size="small" onClick={() => onRemove(file)}>
            <X className="size-3.5" aria-hidden="true" />
          </IconButton>
        </li>
      ))}
      {sending.map(([id, one]) => (
        <li
          key={id}
          className="flex min-w-0 max-w-64 items-center gap-1 rounded-small border border-line bg-surface ps-2 text-ink-muted"
        >
          <span className="min-w-0 truncate text-small">
            {t('agent.composer.uploading', { name: one.name, percent: one.percent })}
          </span>
          <progress max={100} value={one.percent} aria-label={one.name} className="h-1 w-12 accent-accent" />
          <IconButton label={t('agent.composer.removeFile', { name: one.name })} size="small" onClick={one.cancel}>
            <X className="size-3.5" aria-hidden="true" />
          </IconButton>
        </li>
      ))}
    </ul>
  )
}
