export type MailHtmlOptions = {
  /** Signed link for a Content-ID of the same message, or null when there is no such part. */
  imageUrl: (contentId: string) => string | null
  /** Remote pictures load only after a click: until then their address waits in data-remote-src. */
  allowRemoteImages: boolean
}

/** HTML of a mail made safe for the sandboxed frame of one message. Pure; never throws. */
export function sanitizeHtml(html: string, options: MailHtmlOptions): string {
  void options
  void html
  return ''
}

/** True when the HTML asks for a picture from elsewhere: the screen offers to load them. */
export function hasRemoteImages(html: string): boolean {
  void html
  return false
}

/** What our own editor may write: a strict list. `ownImage` tells whether an image source is an attachment of ours. */
export function sanitizeComposed(html: string, options: { ownImage?: (src: string) => boolean } = {}): string {
  void options
  void html
  return ''
}

/** HTML → plain text for search, previews and the text half of a mail. Linear; bounded. */
export function htmlToText(html: string): string {
  void html
  return ''
}
