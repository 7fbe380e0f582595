export type Theme = 'system' | 'light' | 'dark'
export type Density = 'compact' | 'normal' | 'roomy'

/** The panes of the workspace that can be folded away. */
export interface Panes {
  queues: boolean
  list: boolean
  context: boolean
}

/** How this browser shows the product. */
export interface Appearance {
  theme: Theme
  density: Density
  /** Single-letter keys of the workspace. */
  keys: boolean
  panes: Panes
  /** Columns of the ticket list that are left out. */
  hiddenColumns: string[]
}

const themes: readonly string[] = ['light', 'dark']
const densities: readonly string[] = ['compact', 'roomy']

/** The cookie that holds it, as `theme.density.keys.panes.columns`. It is no secret: the page reads it before it is drawn. */
export const APPEARANCE_COOKIE = 'appearance'

/** From a Cookie header (or `document.cookie`); what is missing or strange reads as the default. */
export function readAppearance(cookieHeader: string | null): Appearance {
  const value = cookieHeader
    ?.split(';')
    .map((part) => part.trim().split('='))
    .find(([name]) => name === APPEARANCE_COOKIE)?.[1]
  const [theme = '', density = '', keys = '', panes = 'qlc', columns = ''] = (value ?? '').split('.')
  return {
    theme: themes.includes(theme) ? (theme as Theme) : 'system',
    density: densities.includes(density) ? (density as Density) : 'normal',
    keys: keys !== 'off',
    panes: { queues: panes.includes('q'), list: panes.includes('l'), context: panes.includes('c') },
    hiddenColumns: columns.split('-').filter((name) => /^[a-z]{1,20}$/.test(name)),
  }
}

/** A Set-Cookie value, also good for `document.cookie`: a year, for the whole site. */
export function writeAppearance({ theme, density, keys, panes, hiddenColumns }: Appearance): string {
  const shown = `${panes.queues ? 'q' : ''}${panes.list ? 'l' : ''}${panes.context ? 'c' : ''}` || '0'
  const value = [theme, density, keys ? 'on' : 'off', shown, hiddenColumns.join('-')].join('.')
  return `${APPEARANCE_COOKIE}=${value}; Path=/; Max-Age=31536000; SameSite=Lax`
}

/** Shows a choice at once, before the server has heard of it. Browser only. */
export function showAppearance(appearance: Appearance): void {
  const root = document.documentElement
  if (appearance.theme === 'system') delete root.dataset.theme
  else root.dataset.theme = appearance.theme
  if (appearance.density === 'normal') delete root.dataset.density
  else root.dataset.density = appearance.density
}
