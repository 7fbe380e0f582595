import net from 'node:net'

/** Hands mails to an SMTP listener over a few connections, each waiting for its 250 (RFC 5321). */
export async function loadMail(options: {
  host: string
  port: number
  connections: number
  total: number
  to: string
  mail: (index: number) => { from: string; raw: string }
}): Promise<void> {
  let next = 0
  await Promise.all(
    Array.from({ length: options.connections }, async () => {
      const socket = net.connect(options.port, options.host)
      const replies = lines(socket)
      const say = async (text: string, code: string): Promise<void> => {
        if (text) socket.write(text)
        const reply = await replies()
        if (!reply.startsWith(code)) throw new Error(`the listener said ${reply} after ${text.slice(0, 60)}`)
      }
      await say('', '220')
      await say('EHLO bench.example\r\n', '250')
      while (next < options.total) {
        const { from, raw } = options.mail(next++)
        // In one packet, as mail servers do (RFC 2920).
        await say(`MAIL FROM:<${from}>\r\nRCPT TO:<${options.to}>\r\nDATA\r\n`, '250')
        await say('', '250')
        await say('', '354')
        await say(`${raw}\r\n.\r\n`, '250')
      }
      socket.end('QUIT\r\n')
    }),
  )
}

/** The last line of each reply. */
function lines(socket: net.Socket): () => Promise<string> {
  let held = ''
  const ready: string[] = []
  let wanted: ((line: string) => void) | null = null
  let failed: ((error: Error) => void) | null = null
  socket.on('error', (error) => failed?.(error))
  socket.setEncoding('latin1')
  socket.on('data', (chunk) => {
    held += chunk
    for (;;) {
      const end = held.indexOf('\r\n')
      if (end === -1) break
      const line = held.slice(0, end)
      held = held.slice(end + 2)
      if (/^\d{3}-/.test(line)) continue
      if (wanted) {
        wanted(line)
        wanted = null
      } else ready.push(line)
    }
  })
  return () =>
    new Promise((resolve, reject) => {
      const line = ready.shift()
      if (line !== undefined) return resolve(line)
      wanted = resolve
      failed = reject
    })
}
