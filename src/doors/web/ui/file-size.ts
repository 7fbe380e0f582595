import type { useT } from '#i18n/react.tsx'

/** "3.1 MB", in the reader's way of writing numbers. */
export function fileSize(t: ReturnType<typeof useT>, bytes: number): string {
  if (bytes < 1000) return t('common.bytes', { size: bytes })
  return bytes < 1_000_000 ? t('common.kilobytes', { size: bytes / 1000 }) : t('common.megabytes', { size: bytes / 1_000_000 })
}
