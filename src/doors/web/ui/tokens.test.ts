import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8').replaceAll('"', "'")

function tokensOf(selector: string): Record<string, string> {
  const from = css.indexOf(`${selector} {`)
  expect(from, selector).toBeGreaterThanOrEqual(0)
  const block = css.slice(from, css.indexOf('}', from))
  return Object.fromEntries([...block.matchAll(/--([a-z-]+):\s*(#[0-9a-f]{6})/g)].map((m) => [m[1], m[2]]))
}

/** Relative luminance, WCAG 2.2 section "relative luminance". */
function luminance(hex: string): number {
  const channel = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

const grounds = ['canvas', 'surface', 'raised', 'sunken', 'hover', 'selected'] as const

/** Text needs 4.5:1 (SC 1.4.3); the edge of a control and the focus ring need 3:1 (SC 1.4.11). */
const pairs: [string, string, number][] = [
  ...grounds.flatMap((ground): [string, string, number][] => [
    ['ink', ground, 4.5],
    ['ink-muted', ground, 4.5],
    ['ink-faint', ground, 4.5],
    ['accent-ink', ground, 4.5],
    ['danger-ink', ground, 4.5],
    ['warning-ink', ground, 4.5],
    ['success-ink', ground, 4.5],
    ['info-ink', ground, 4.5],
    ['accent', ground, 3],
  ]),
  ['line-control', 'surface', 3],
  ['line-control', 'canvas', 3],
  ['line-control', 'raised', 3],
  ['on-accent', 'accent', 4.5],
  ['on-accent', 'accent-hover', 4.5],
  ['on-danger', 'danger', 4.5],
  ['on-danger', 'danger-hover', 4.5],
  ['accent-ink', 'accent-tint', 4.5],
  ['danger-ink', 'danger-tint', 4.5],
  ['warning-ink', 'warning-tint', 4.5],
  ['success-ink', 'success-tint', 4.5],
  ['info-ink', 'info-tint', 4.5],
  ['note-ink', 'note', 4.5],
  ['ink', 'note', 4.5],
  ['ink-muted', 'note', 4.5],
  ['ink-faint', 'note', 4.5],
  ['accent-ink', 'note', 4.5],
  ['ink', 'agent', 4.5],
  ['ink-muted', 'agent', 4.5],
  ['ink-faint', 'agent', 4.5],
  ['accent-ink', 'agent', 4.5],
]

test.each([
  ['light', ':root'],
  ['dark', ":root[data-theme='dark']"],
])('every pair of %s tokens meets AA', (_name, selector) => {
  const tokens = tokensOf(selector)
  const failing = pairs
    .map(([over, under, least]) => ({ over, under, least, got: contrast(tokens[over]!, tokens[under]!) }))
    .filter((pair) => pair.got < pair.least)
    .map((pair) => `${pair.over} on ${pair.under}: ${pair.got.toFixed(2)} < ${pair.least}`)
  expect(failing).toEqual([])
})

test('following the system in the dark gives the same tokens as choosing dark', () => {
  expect(tokensOf(":root:not([data-theme='light'])")).toEqual(tokensOf(":root[data-theme='dark']"))
})
