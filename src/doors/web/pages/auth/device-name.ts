/** "Firefox on Windows" of a User-Agent header, as far as it says so; for a person to recognise their own device. */
export function deviceName(userAgent: string): string {
  const browser = /\b(?:Edg|EdgA|EdgiOS)\//.test(userAgent)
    ? 'Edge'
    : /\b(?:OPR|Opera)\//.test(userAgent)
      ? 'Opera'
      : /\b(?:Firefox|FxiOS)\//.test(userAgent)
        ? 'Firefox'
        : /\b(?:Chrome|CriOS|HeadlessChrome)\//.test(userAgent)
          ? 'Chrome'
          : /\bSafari\//.test(userAgent)
            ? 'Safari'
            : ''
  const system = /\b(?:iPhone|iPad|iPod)\b/.test(userAgent)
    ? 'iOS'
    : /\bAndroid\b/.test(userAgent)
      ? 'Android'
      : /\bWindows\b/.test(userAgent)
        ? 'Windows'
        : /\bMac OS X\b/.test(userAgent)
          ? 'macOS'
          : /\bCrOS\b/.test(userAgent)
            ? 'ChromeOS'
            : /\bLinux\b/.test(userAgent)
              ? 'Linux'
              : ''
  return [browser, system].filter(Boolean).join(' · ')
}
