import type { Attachment } from '#files/attachments.ts'

/**
 * In HTML that people wrote here, a picture names its attachment (`/files/ID/…`) or, before the file has an id, its place among
 * the posted files (`cid:file-N`). Stored HTML names attachments only as `cid:attachment-ID`; links are made when it is shown.
 */
export function nameInlineImages(html: string, files: readonly Attachment[]): string {
  return html
    .replace(/(<img\b[^>]*\bsrc=")cid:file-(\d{1,3})(")/gi, (whole, before: string, index: string, after: string) => {
      const file = files[Number(index)]
      return file ? `${before}cid:attachment-${file.id}${after}` : whole
    })
    .replace(/(<img\b[^>]*\bsrc=")\/files\/(\d{1,15})\/[^"]*(")/gi, '$1cid:attachment-$2$3')
}

/** Ids of attachments that HTML of ours shows inline. */
export function inlineAttachmentIds(html: string): number[] {
  return [...html.matchAll(/\bsrc="cid:attachment-(\d{1,15})"/gi)].map((match) => Number(match[1]))
}

/** Stored HTML as the editor shows it: pictures by their link again. */
export const editableHtml = (html: string): string => html.replace(/\bsrc="cid:attachment-(\d{1,15})"/gi, 'src="/files/$1/image"')
