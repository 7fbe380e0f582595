import { createTransport } from 'nodemailer'

/** Hands a mail to our own listener on this machine, as a mail server in front of it would. Rejects when it is not taken. */
export async function handIn(port: number, mail: { from: string; to: string; raw: Buffer }): Promise<void> {
  const transport = createTransport({
    host: '127.0.0.1',
    port,
    secure: false,
    ignoreTLS: true,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  try {
    await transport.sendMail({ envelope: { from: mail.from, to: mail.to }, raw: mail.raw })
  } finally {
    transport.close()
  }
}
