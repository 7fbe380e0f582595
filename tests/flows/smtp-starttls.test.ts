import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'
import { expect, test } from 'vitest'
import { addMailbox } from '#channels/change-mailboxes.ts'
import { openSmtpListener } from '../../src/doors/mail/smtp-listener.ts'
import { openDesk } from '../world/desk.ts'
import { runCommand } from '../world/run-command.ts'

test('the listener takes mail over STARTTLS, and refuses strangers and too many recipients over it too', async () => {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'tessera-tls-'))
  stack.defer(() => rm(folder, { recursive: true }))
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const request = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost'
  await runCommand('/usr/bin/openssl', [...request.split(' '), '-keyout', keyFile, '-out', certFile])
  const [cert, key] = [await readFile(certFile), await readFile(keyFile)]
  const desk = stack.use(await openDesk())
  await addMailbox(desk.ada, { address: 'support@desk.example', department: desk.department })
  const listener = stack.use(await openSmtpListener(desk.ctx, { host: '127.0.0.1', port: 0 }, null, { cert, key }))
  const transport = createTransport({
    host: '127.0.0.1',
    port: listener.port,
    requireTLS: true,
    tls: { ca: cert, servername: 'localhost' },
  })
  const send = (to: string[]) =>
    transport.sendMail({ envelope: { from: 'kim@customer.example', to }, raw: 'From: kim@customer.example\r\n\r\nHello\r\n' })
  expect((await send(['support@desk.example'])).response).toContain('stored')
  await expect(send(['nobody@elsewhere.example'])).rejects.toMatchObject({ responseCode: 550 })
  const many = await send(Array.from({ length: 201 }, (_, index) => `support+${index}@desk.example`))
  expect(many.rejected).toEqual(['support+200@desk.example'])
})
