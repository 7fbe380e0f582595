import { type ChildProcess, spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { until } from '../world/free-port.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 })

const isBuilt = fs.existsSync('build/server/cli.js')

/** The demonstration as a person starts it, in a folder for temporary files of its own. */
class Demo {
  readonly child: ChildProcess
  readonly ended: Promise<number | null>
  readonly temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'tessera-demo-test-'))
  #output = ''
  constructor() {
    fs.chmodSync(this.temporary, 0o711)
    this.child = spawn(process.execPath, ['build/server/cli.js', 'demo'], {
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'production',
        TMPDIR: this.temporary,
        PORT: '0',
        SMTP_LISTEN: '127.0.0.1:0',
        // It must not listen to any of these.
        DATABASE_URL: 'postgres://nobody@198.51.100.7/nothing',
        SMTP_URL: 'smtp://198.51.100.7',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      stream.on('data', (chunk) => {
        this.#output += chunk
      })
    }
    this.ended = new Promise((resolve) => this.child.once('close', resolve))
  }

  async url(): Promise<string> {
    const found = await until(
      async () => {
        if (this.child.exitCode !== null) throw new Error(`it ended:\n${this.#output}`)
        return /runs at (http:\S+)/.exec(this.#output)
      },
      () => `it starts:\n${this.#output}`,
      200_000,
    )
    return found[1]!
  }

  get output(): string {
    return this.#output
  }

  [Symbol.dispose](): void {
    this.child.kill('SIGKILL')
    fs.rmSync(this.temporary, { recursive: true, force: true })
  }
}

/** A browser without a picture: cookies, and the token of the last page. */
class Visitor {
  readonly #url: string
  readonly #cookies = new Map<string, string>()
  #csrf = ''
  constructor(url: string) {
    this.#url = url
  }

  async get(at: string): Promise<{ status: number; text: string; headers: Headers }> {
    return this.#ask(at, {})
  }

  async post(at: string, fields: Record<string, string>): Promise<{ status: number; text: string; headers: Headers }> {
    return this.#ask(at, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', Origin: this.#url },
      body: new URLSearchParams({ csrf: this.#csrf, ...fields }).toString(),
    })
  }

  async lookAs(role: string): Promise<string> {
    const answer = await this.post('/demo/look-as', { role })
    expect([role, answer.status]).toEqual([role, 302])
    await this.get('/demo/outbox')
    return answer.headers.get('location')!
  }

  async #ask(at: string, init: RequestInit): Promise<{ status: number; text: string; headers: Headers }> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(this.#url + at, {
      ...init,
      redirect: 'manual',
      headers: { ...(init.headers as Record<string, string>), cookie },
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!
      this.#cookies.set(name!, value!)
    }
    const text = await response.text()
    this.#csrf = /name="csrf"[^>]*value="([^"]+)"/.exec(text)?.[1] ?? this.#csrf
    return { status: response.status, text, headers: response.headers }
  }
}

/** Where a process is connected to, by the tables of the kernel: everything but loopback. */
function connectionsAway(pid: number): string[] {
  const inodes = new Set(
    fs.readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(fs.readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? []
      } catch {
        return []
      }
    }),
  )
  return ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((table) =>
    fs
      .readFileSync(`/proc/${pid}/net/${table}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => inodes.has(fields[9] ?? ''))
      .map((fields) => fields[2]!.split(':')[0]!)
      .filter((remote) => !/^0+$/.test(remote) && !/7F$/.test(remote) && remote !== '00000000000000000000000001000000'),
  )
}

describe.runIf(isBuilt)('tessera demo', () => {
  let demo: Demo
  let url: string
  let visitor: Visitor
  beforeAll(async () => {
    demo = new Demo()
    url = await demo.url()
    visitor = new Visitor(url)
    await visitor.get('/')
  })
  afterAll(() => demo[Symbol.dispose]())

  test('prints who can sign in', () => {
    for (const name of ['Ada Brandt', 'Mona Lindqvist', 'Sam Okafor', 'Priya Raman']) expect(demo.output).toContain(name)
  })

  test('changes nobody without the token of its own form, and by no link', async () => {
    const wrong = await visitor.post('/demo/look-as', { role: 'administrator', csrf: 'wrong' })
    expect([wrong.status, wrong.headers.getSetCookie().some((line) => line.startsWith('session='))]).toEqual([403, false])
    const link = await visitor.get('/demo/look-as?role=administrator')
    expect(link.headers.getSetCookie().some((line) => line.startsWith('session='))).toBe(false)
    const foreign = await fetch(`${url}/demo/look-as`, {
      method: 'POST',
      headers: { Origin: 'https://elsewhere.example', 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'role=administrator',
      redirect: 'manual',
    })
    expect(foreign.status).toBe(403)
  })

  test('each of the four with one click', async () => {
    for (const [role, place] of [
      ['customer', '/tickets'],
      ['administrator', '/admin'],
      ['lead', '/agent'],
      ['agent', '/agent'],
    ] as const) {
      expect(await visitor.lookAs(role)).toBe(place)
      expect([role, (await visitor.get(place === '/agent' ? '/agent/inbox' : place)).status]).toEqual([role, 200])
    }
  })

  test('the twelve stories are reached from the first ticket', async () => {
    const start = await visitor.lookAs('start')
    const { text } = await visitor.get(start)
    const numbers = new Set([...text.matchAll(/\/agent\/tickets\/(\d{6,})/g)].map((found) => found[1]!))
    numbers.delete(start.split('/').at(-1)!)
    expect(numbers.size).toBe(12)
    const pages = await Promise.all([...numbers].map(async (number) => visitor.get(`/agent/tickets/${number}`)))
    expect(pages.map((page) => page.status)).toEqual(pages.map(() => 200))
    const all = pages.map((page) => page.text).join('\n')
    for (const words of ['All three fridges in shop 9', 'Outage: card payments', 'Quick favour', 'cups-per-floor.csv'])
      expect(all).toContain(words)
  })

  test('a mail of a customer comes in by SMTP, and its confirmation ends in the outbox', async () => {
    await visitor.lookAs('administrator')
    await visitor.get('/demo/mail')
    const mail = {
      from: 'grace.mbeki@northgate.example',
      to: 'support@harbourcoffee.example',
      subject: 'A spoon is missing',
      message: 'Ours.',
    }
    const refused = await visitor.post('/demo/mail', { ...mail, from: 'somebody@elsewhere.example' })
    expect(refused.status).toBe(422)
    expect((await visitor.post('/demo/mail', mail)).status).toBe(200)
    await until(
      async () => (await visitor.get('/admin/log')).text.includes('A spoon is missing'),
      'the mail is in the log',
      60_000,
    )
    await until(
      async () => /Re: A spoon is missing/.test((await visitor.get('/demo/outbox')).text),
      'the confirmation is in the outbox',
      60_000,
    )
  })

  test('shows a kept mail in a frame that can do nothing', async () => {
    const list = await visitor.get('/demo/outbox')
    const id = /\/demo\/outbox\/(\d+)/.exec(list.text)![1]!
    const page = await visitor.get(`/demo/outbox/${id}`)
    expect(page.text).toContain('sandbox=""')
    const frame = await visitor.get(`/demo/outbox/${id}/frame`)
    expect(frame.status).toBe(200)
    const policy = frame.headers.get('content-security-policy')!
    expect(policy).toContain("default-src 'none'")
    expect(policy).toMatch(/sandbox$/)
    expect((await visitor.get('/demo/outbox/999999')).status).toBe(404)
  })

  test.runIf(process.platform === 'linux')('is connected to nothing but its own machine', () => {
    expect(connectionsAway(demo.child.pid!)).toEqual([])
  })

  test('a second one starts beside it', async () => {
    using second = new Demo()
    const other = await second.url()
    expect((await fetch(`${other}/readyz`)).status).toBe(200)
    expect(other).not.toBe(url)
    second.child.kill('SIGTERM')
    expect(await second.ended).toBe(0)
    expect(fs.readdirSync(second.temporary)).toEqual([])
  })

  test('leaves nothing behind', async () => {
    demo.child.kill('SIGTERM')
    expect(await demo.ended).toBe(0)
    expect(fs.readdirSync(demo.temporary)).toEqual([])
  })
})
