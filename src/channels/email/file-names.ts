// biome-ignore-all lint/suspicious/noControlCharactersInRegex: mail is cleaned of control characters here

import { cutChars, oneLine } from './decode-text.ts'

const extensions: Record<string, string> = {
  'text/plain': 'txt',
  'text/html': 'html',
  'text/calendar': 'ics',
  'text/csv': 'csv',
  'text/vcard': 'vcf',
  'text/x-vcard': 'vcf',
  'message/rfc822': 'eml',
  'message/delivery-status': 'txt',
  'text/rfc822-headers': 'txt',
  'message/feedback-report': 'txt',
  'image/jpeg': 'jpg',
  'image/jpg': 'jpg',
  'image/png': 'png',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'image/svg+xml': 'svg',
  'image/tiff': 'tiff',
  'image/bmp': 'bmp',
  'application/pdf': 'pdf',
  'application/zip': 'zip',
  'application/gzip': 'gz',
  'application/json': 'json',
  'application/pgp-signature': 'asc',
  'application/pgp-encrypted': 'asc',
  'application/pkcs7-signature': 'p7s',
  'application/pkcs7-mime': 'p7m',
  'application/x-pkcs7-signature': 'p7s',
  'application/ms-tnef': 'dat',
  'audio/mpeg': 'mp3',
  'audio/wav': 'wav',
  'video/mp4': 'mp4',
}

/** A file name that can be stored, shown and put into a header: the last path part, one line, at most 200 characters with its extension kept. */
export function cleanFileName(declared: string, type: string, index: number): string {
  let name = declared.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
  name = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1)
  name = oneLine(name, 10_000)
    .replace(/[\u200b-\u200f]/g, '')
    .replace(/[<>:"|?*]/g, '_')
    .replace(/^[. ]+|[. ]+$/g, '')
  if (!name) return `attachment-${index + 1}.${extensions[type] ?? 'bin'}`
  // Device names of Windows.
  if (/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(name)) name = `_${name}`
  if (name.length <= 200) return name
  const dot = name.lastIndexOf('.')
  const extension = dot > 0 && name.length - dot <= 12 ? name.slice(dot) : ''
  return cutChars(name, 200 - extension.length) + extension
}
