import { useT } from '#i18n/react.tsx'
import { classNames } from '../../ui/class-names.ts'
import { fileSize } from '../../ui/file-size.ts'
import { Moment } from '../../ui/moment.tsx'
import { PlainText, type RichNode, RichText } from '../../ui/rich-text.tsx'

export interface MessageView {
  id: number
  byDesk: boolean
  isYou: boolean
  name: string
  /** ISO. */
  at: string
  /** What our own editor wrote; null for plain text and mail. */
  nodes: RichNode[] | null
  text: string
  /** Quoted history and signature that were folded. */
  quoted: string | null
  /** Where its HTML is as it came, for the sandboxed frame. */
  frame: string | null
  files: { id: number; name: string; size: number; path: string }[]
}

/** One message of the conversation; who wrote it shows by side, word and tint. */
export function RequestMessage({ message }: { message: MessageView }) {
  const t = useT()
  return (
    <article
      aria-label={t('portal.ticket.messageOf', { name: message.name })}
      className={classNames(
        'rounded-base border px-4 py-3',
        message.byDesk ? 'border-agent-line bg-agent sm:ms-8' : 'border-line bg-surface sm:me-8',
      )}
    >
      <header className="mb-2 flex flex-wrap items-baseline gap-x-3">
        <p className="wrap-anywhere min-w-0 font-medium">{message.isYou ? t('portal.ticket.you') : message.name}</p>
        <Moment at={message.at} className="text-ink-muted text-small" />
      </header>
      {message.nodes ? <RichText nodes={message.nodes} /> : <PlainText text={message.text} />}
      {message.quoted !== null ? (
        <details className="mt-3">
          <summary className="inline-flex min-h-6 items-center rounded-small bg-sunken px-2 text-ink-muted text-small hover:text-ink">
            {t('portal.ticket.quoted')}
          </summary>
          <div className="mt-2 border-line border-s-2 ps-3 text-ink-muted">
            <PlainText text={message.quoted} />
          </div>
        </details>
      ) : null}
      {message.frame ? (
        <details className="mt-3">
          <summary className="inline-flex min-h-6 items-center rounded-small bg-sunken px-2 text-ink-muted text-small hover:text-ink">
            {t('portal.ticket.asSent')}
          </summary>
          <iframe
            title={t('portal.ticket.messageOf', { name: message.name })}
            src={message.frame}
            sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
            loading="lazy"
            referrerPolicy="no-referrer"
            className="mt-2 h-96 w-full rounded-small border border-line bg-[#fff]"
          />
        </details>
      ) : null}
      {message.files.length > 0 ? (
        <ul aria-label={t('portal.ticket.attachments')} className="mt-3 flex flex-wrap gap-2">
          {message.files.map((file) => (
            <li key={file.id} className="min-w-0 max-w-full">
              <a
                href={file.path}
                className="flex min-h-8 max-w-full items-center gap-2 rounded-base border border-line-control bg-surface px-2.5 hover:bg-hover"
              >
                <span className="truncate">{file.name}</span>
                <span className="shrink-0 text-ink-faint text-small">{fileSize(t, file.size)}</span>
              </a>
            </li>
          ))}
        </ul>
      ) : null}
    </article>
  )
}
