// Stands in for a parser that a mail has got stuck in, or made greedy: what the pool must survive.
import { parentPort } from 'node:worker_threads'

parentPort.on('message', ({ raw }) => {
  const word = Buffer.from(raw).toString()
  if (word === 'stuck') for (;;);
  if (word === 'greedy') {
    const kept = []
    for (;;) kept.push(Array.from({ length: 10_000 }, (_, index) => ({ index })))
  }
  const contents = new ArrayBuffer(0)
  parentPort.postMessage({ packed: { mail: { subject: word, defects: [] }, attachments: [], contents } }, [contents])
})
