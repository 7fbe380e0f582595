export type Theme = 'system' | 'light' | 'dark'
export type Density = 'compact' | 'normal' | 'roomy'

export interface Appearance {
  theme: Theme
  density: Density
  /** Single-letter keys of the workspace. */
  keys: boolean
}

const themes: readonly string[] = ['light', 'dark']
const densities: readonly string[] = ['compact', 'roomy']

/** The name of the cookie that holds all three, as `theme.density.keys`. It is no secret: the page reads it before it is drawn. */
export const APPEARANCE_COOKIE = 'appearance'

export function readAppearance(cookieHeader: string | null): Appearance {
  const value = cookieHeader
    ?.split(';')
    .map((part) => part.trim().split('='))
    .find(([name]) => name === APPEARANCE_COOKIE)?.[1]
  const [theme = '', density = '', keys = ''] = (value ?? '').split('.')
  return {
    theme: themes.includes(theme) ? (theme as Theme) : 'system',
    density: densities.includes(density) ? (density as Density) : 'normal',
    keys: keys !== 'off',
  }
}

/** A Set-Cookie value, also good for `document.cookie`: a year, for the whole site. */
export function writeAppearance(appearance: Appearance): string {
  return `${APPEARANCE_COOKIE}=${appearance.theme}.${appearance.density}.${appearance.keys ? 'on' : 'off'}; Path=/; Max-Age=31536000; SameSite=Lax`
}

/** Shows a choice at once, before the server has heard of it. Browser only. */
export function showAppearance(appearance: Appearance): void {
  const root = document.documentElement
  if (appearance.theme === 'system') delete root.dataset.theme
  else root.dataset.theme = appearance.theme
  if (appearance.density === 'normal') delete root.dataset.density
  else root.dataset.density = appearance.density
}
