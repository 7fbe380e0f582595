import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, describe, expect, onTestFinished, test } from 'vitest'
import { endUserActor } from '#access/actors.ts'
import { actingAs } from '#core/context.ts'
import { silentLog } from '#core/log.ts'
import { setAgentPassword } from '#people/agents.ts'
import { hashPassword } from '#sign-in/password.ts'
import { openTicket } from '#tickets/open-ticket.ts'
import { openApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { canBrowse, openEyes, startBuiltDesk } from '../world/browser.ts'
import { openCast } from '../world/cast.ts'
import { freePort, untilOpen } from '../world/free-port.ts'

const nginx = ['/usr/sbin/nginx', '/usr/bin/nginx'].find((file) => fs.existsSync(file))
const apache = ['/usr/sbin/apache2'].find((file) => fs.existsSync(file))
const running: ChildProcess[] = []
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGTERM')
})

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tessera-proxy-'))
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

/** The file people copy, with its ports, names and certificate replaced, as its first lines tell them to. */
function shipped(name: string, ports: { http: number; https: number; desk: number }): string {
  const text = fs
    .readFileSync(path.join('deploy', name), 'utf8')
    .replaceAll('127.0.0.1:8080', `127.0.0.1:${ports.desk}`)
    .replaceAll('/etc/ssl/help.example.org', path.join(folder, 'proxy'))
    .replaceAll('https://help.example.org', `https://127.0.0.1:${ports.https}`)
    .replaceAll('help.example.org', '127.0.0.1')
    .replaceAll(/listen 80;/g, `listen 127.0.0.1:${ports.http};`)
    .replaceAll(/listen 443 ssl;/g, `listen 127.0.0.1:${ports.https} ssl;`)
    .replaceAll('<VirtualHost *:80>', `<VirtualHost 127.0.0.1:${ports.http}>`)
    .replaceAll('<VirtualHost *:443>', `<VirtualHost 127.0.0.1:${ports.https}>`)
  // nginx sends to the same name without a port; the ports of a test are not those of the world.
  return text.replace('https://$host$request_uri', `https://127.0.0.1:${ports.https}$request_uri`)
}

function certificate(): void {
  const at = path.join(folder, 'proxy')
  if (fs.existsSync(`${at}.pem`)) return
  const args = 'req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1'.split(' ')
  execFileSync('openssl', [...args, '-keyout', `${at}.key`, '-out', `${at}.pem`], { stdio: 'ignore' })
}

const servers = {
  nginx(site: string, at: string): ChildProcess {
    const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${at}/${kind};`)
    fs.writeFileSync(
      `${at}/main.conf`,
      `daemon off; pid ${at}/pid; error_log ${at}/error.log; worker_processes 1;
       events {} http { access_log off; ${temp.join(' ')}\n${site}\n}`,
    )
    return spawn(nginx!, ['-c', `${at}/main.conf`, '-e', `${at}/error.log`], { stdio: 'ignore' })
  },
  apache(site: string, at: string): ChildProcess {
    const ports = [...site.matchAll(/<VirtualHost ([\d.:]+)>/g)].map(([, address]) => `Listen ${address}`)
    const modules = ['mpm_event', 'authz_core', 'alias', 'ssl', 'socache_shmcb', 'headers', 'proxy', 'proxy_http'].map(
      (name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`,
    )
    fs.writeFileSync(
      `${at}/main.conf`,
      `ServerRoot ${at}\nServerName 127.0.0.1\nPidFile ${at}/pid\nErrorLog ${at}/error.log\nDefaultRuntimeDir ${at}\nMutex file:${at}\n${[...modules, 'User nobody', 'Group nogroup', ...ports].join('\n')}\n${site}\n`,
    )
    return spawn(apache!, ['-D', 'FOREGROUND', '-f', `${at}/main.conf`], { stdio: 'ignore' })
  },
}

describe.each([
  ['nginx', nginx, 'nginx.conf'],
  ['apache', apache, 'apache.conf'],
] as const)('behind %s as deploy/ ships it', { timeout: 120_000 }, (name, program, file) => {
  test.skipIf(!canBrowse || !program)(
    'people sign in over TLS, live updates arrive, large files pass, and who asks is who asked',
    async () => {
      certificate()
      const ports = { http: await freePort(), https: await freePort(), desk: 0 }
      const base = `https://127.0.0.1:${ports.https}`
      const desk = await startBuiltDesk({ BASE_URL: base, TRUSTED_PROXIES: '127.0.0.1' })
      ports.desk = Number(new URL(desk.url).port)
      const at = fs.mkdtempSync(path.join(folder, `${name}-`))
      running.push(servers[name](shipped(file, ports), at))
      await untilOpen(ports.https)

      const dataDir = fs.mkdtempSync(path.join(folder, 'app-'))
      const app = await openApp({
        config: readConfig({ DATA_DIR: dataDir, DATABASE_URL: desk.databaseUrl, BASE_URL: base }),
        databaseUrl: desk.databaseUrl,
        log: silentLog,
      })
      onTestFinished(() => app[Symbol.asyncDispose]())
      const cast = await openCast(app.ctx)
      const password = 'grinder smells burnt'
      await setAgentPassword(app.ctx, cast.agents.sam, await hashPassword(password))

      // Plain http leads to https.
      const plain = await fetch(`http://127.0.0.1:${ports.http}/open`, { redirect: 'manual' })
      expect(plain.status).toBe(301)
      expect(plain.headers.get('location')).toBe(`${base}/open`)

      const eyes = await openEyes()
      const { page, context } = await eyes.open({ ignoreHTTPSErrors: true })
      context.setDefaultTimeout(20_000)
      await page.goto(`${base}/agent`)
      await page.getByLabel('E-mail address').fill('sam@desk.example')
      await page.getByLabel('Password').fill(password)
      await page.keyboard.press('Enter')
      await page.waitForURL('**/agent/queues/needs-reply')
      const cookies = await context.cookies()
      expect(cookies.filter((cookie) => cookie.name.startsWith('__Host-') && cookie.secure).length).toBeGreaterThan(0)
      expect(cookies.every((cookie) => cookie.secure)).toBe(true)

      // A live update comes through the proxy while the page stands still.
      await page.getByText('Live').waitFor({ state: 'attached' })
      const kim = { address: 'kim@customer.example', name: 'Kim' }
      const asking = actingAs(app.ctx, endUserActor({ id: 1, ...kim }))
      await openTicket(
        asking,
        { requester: { email: kim.address, name: kim.name }, subject: 'Came through the proxy', message: 'Hello' },
        { channel: 'web' },
      )
      await page.getByText('Came through the proxy').first().waitFor()

      // A file of 20 MB goes in by the portal; the visitor's own claim of an address does not.
      const visitor = await eyes.open({ ignoreHTTPSErrors: true })
      await visitor.page.goto(`${base}/open`)
      const csrf = await visitor.page.locator('input[name=csrf]').first().inputValue()
      const submission = await visitor.page.locator('input[name=submission]').first().inputValue()
      const sent = await visitor.page.request.post(`${base}/open`, {
        headers: { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-host': 'evil.example', origin: base },
        multipart: {
          csrf,
          submission,
          name: 'Pat',
          email: 'pat@customer.example',
          subject: 'With a large file',
          message: 'See the film.',
          attachments: { name: 'film.bin', mimeType: 'application/octet-stream', buffer: Buffer.alloc(20 * 1024 * 1024, 7) },
        },
      })
      expect(sent.ok(), await sent.text().catch(() => '')).toBe(true)
      const [opened] = await desk.sql(
        `select e.address, (select max(size) from attachment) as size from event e join ticket t on t.id = e.subject_id
         where e.verb = 'ticket.opened' and t.subject = 'With a large file'`,
      )
      expect(opened).toMatchObject({ address: '127.0.0.1', size: 20 * 1024 * 1024 })
      expect(eyes.complaints).toEqual([])
    },
  )
})
