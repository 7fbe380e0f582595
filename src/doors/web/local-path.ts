/** A path on this desk to go on to, from a query or form; anything that could lead elsewhere is the fallback. */
export function localPath(path: string | null | undefined, fallback: string): string {
  // Browsers read a backslash as a slash and skip control characters, so "/\example.org" is another host.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  const misleading = /[\\\u0000-\u001f]/
  if (!path || path.length > 1000 || !path.startsWith('/') || path.startsWith('//') || misleading.test(path)) return fallback
  try {
    const url = new URL(path, 'http://desk.invalid')
    return url.host === 'desk.invalid' ? `${url.pathname}${url.search}${url.hash}` : fallback
  } catch {
    return fallback
  }
}
