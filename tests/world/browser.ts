import { type ChildProcess, spawn } from 'node:child_process'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll } from 'vitest'
import { cloneDatabase } from './database.ts'
import { freePort, until } from './free-port.ts'

const chromiumPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) =>
  fs.existsSync(file),
)

/** Journeys need the built pages and a Chromium; without either they are skipped and counted. */
export const canBrowse = chromiumPath !== undefined && fs.existsSync('build/server/cli.js')

export interface BuiltDesk {
  readonly url: string
  /** For seeding it beside the running desk. */
  readonly databaseUrl: string
  readonly setupLink: string | null
  /** Looks into the database beside the desk; for finding mails. */
  readonly sql: (text: string, values?: unknown[]) => Promise<Record<string, unknown>[]>
  /** The newest link in a mail to this address whose path begins so. */
  readonly linkTo: (address: string, path: string) => Promise<string>
}

/** The desk as a user starts it, on a database of this test file. Ends with the file. */
export async function startBuiltDesk(environment: Record<string, string> = {}): Promise<BuiltDesk> {
  const databaseUrl = await cloneDatabase()
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'tessera-browser-'))
  const port = await freePort()
  const child: ChildProcess = spawn(process.execPath, ['build/server/cli.js', 'start'], {
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      DATABASE_URL: databaseUrl,
      DATA_DIR: dataDir,
      PORT: String(port),
      LOG_LEVEL: 'warn',
      ROLES: 'web,worker',
      ...environment,
    },
    // The channel ends the desk with this process, however that ends.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  child.channel?.unref()
  let output = ''
  child.stdout!.on('data', (chunk) => {
    output += chunk
  })
  child.stderr!.on('data', (chunk) => {
    output += chunk
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const client = new pg.Pool({ connectionString: databaseUrl, max: 2 })
  client.on('error', () => {})
  afterAll(async () => {
    await client.end()
    child.kill('SIGTERM')
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 8_000))])
    child.kill('SIGKILL')
    fs.rmSync(dataDir, { recursive: true, force: true })
  })
  await until(
    async () => {
      if (child.exitCode !== null) throw new Error(`the desk did not start:\n${output}`)
      return /Tessera runs at /.test(output)
    },
    () => `the desk starts:\n${output}`,
    60_000,
  )
  // The link is printed right after the address.
  await until(
    async () => /Set it up .*: (http\S+)/.test(output) || output.includes('\n', output.indexOf('Tessera runs at ') + 1),
    'the rest is printed',
  )
  const sql: BuiltDesk['sql'] = async (text, values) => (await client.query(text, values)).rows
  return {
    url: `http://127.0.0.1:${port}`,
    databaseUrl,
    setupLink: /Set it up .*: (http\S+)/.exec(output)?.[1] ?? null,
    sql,
    linkTo: (address, start) =>
      until(async () => {
        const rows = await sql("select content ->> 'text' as text from outbound_message where recipient = $1 order by id desc", [
          address,
        ])
        for (const row of rows) {
          const found = /https?:\/\/[^\s)]+/g
          for (const [link] of String(row.text).matchAll(found)) if (new URL(link).pathname.startsWith(start)) return link
        }
        return null
      }, `a mail to ${address} with a link to ${start}`),
  }
}

export interface Eyes {
  readonly browser: Browser
  open(options?: Parameters<Browser['newContext']>[0]): Promise<{ context: BrowserContext; page: Page }>
  /** What went wrong in any page: script errors and Content-Security-Policy violations. */
  readonly complaints: string[]
}

/** One Chromium for the file. Its pages note every script error and every policy violation. */
export async function openEyes(): Promise<Eyes> {
  const browser = await chromium.launch({
    executablePath: chromiumPath!,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  })
  afterAll(() => browser.close())
  const complaints: string[] = []
  return {
    browser,
    complaints,
    async open(options = {}) {
      const context = await browser.newContext({
        viewport: { width: 1440, height: 900 },
        locale: 'en-GB',
        reducedMotion: 'reduce',
        ...options,
      })
      const page = await context.newPage()
      page.on('pageerror', (error) => complaints.push(`${page.url()} ${error.message}`))
      page.on('console', (message) => {
        if (/Content Security Policy|Hydration|hydrat/i.test(message.text())) complaints.push(`${page.url()} ${message.text()}`)
      })
      return { context, page }
    },
  }
}

const axeSource = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe finds on the page as it stands, one line a finding; WCAG 2.2 AA and its own good practices. */
export async function axeFindings(page: Page, rules?: string[]): Promise<string[]> {
  await page.evaluate(axeSource)
  return page.evaluate(async (rules) => {
    const axe = (
      window as unknown as {
        axe: {
          run(options: object): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }>
        }
      }
    ).axe
    const { violations } = await axe.run({
      runOnly: rules ?? ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      resultTypes: ['violations'],
    })
    return violations.flatMap((one) =>
      one.nodes.map((node) => `${location.pathname} ${one.id}: ${node.html.slice(0, 200)} ${node.failureSummary ?? ''}`),
    )
  }, rules)
}

/** Everything in light, and in dark what can differ there: the contrast of colours. */
export async function axeInBoth(page: Page): Promise<string[]> {
  await page.emulateMedia({ colorScheme: 'light' })
  const light = await axeFindings(page)
  await page.emulateMedia({ colorScheme: 'dark' })
  const dark = await axeFindings(page, ['color-contrast'])
  await page.emulateMedia({ colorScheme: 'light' })
  return [...light, ...dark.map((line) => `dark ${line}`)]
}

/** Set TESSERA_SHOTS to a folder to look at what the journeys saw. */
export async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env.TESSERA_SHOTS
  if (!folder) return
  const size = page.viewportSize()
  for (const [width, scheme] of [
    [1440, 'light'],
    [1440, 'dark'],
    [390, 'light'],
    [390, 'dark'],
  ] as const) {
    await page.setViewportSize({ width, height: 900 })
    await page.emulateMedia({ colorScheme: scheme })
    await page.screenshot({ path: path.join(folder, `${name}-${width}-${scheme}.png`), fullPage: true })
  }
  if (size) await page.setViewportSize(size)
  await page.emulateMedia({ colorScheme: 'light' })
}

/** Nothing is cut off or makes the page scroll sideways on the narrowest screen. */
export async function overflowsAt320(page: Page): Promise<boolean> {
  const size = page.viewportSize()
  await page.setViewportSize({ width: 320, height: 640 })
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)
  if (size) await page.setViewportSize(size)
  return wide
}
