import { RouterContextProvider } from 'react-router'
import { beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import { translatorFor } from '#i18n/messages.ts'
import { contextKey, pageKey } from './context.ts'
import { answerForm, listOf, readForm, ticked } from './forms.ts'
import type { FormAnswer } from './ui/form.tsx'

let context: RouterContextProvider

beforeEach(() => {
  context = new RouterContextProvider()
  context.set(contextKey, { actor: null } as unknown as Context)
  context.set(pageKey, { csrf: 'right', nonce: '', timeZone: 'UTC', deskName: 'Desk', t: translatorFor('en') })
})

function post(fields: Record<string, string | string[]>, init: { csrf?: string | null } = {}): Request {
  const body = new FormData()
  if (init.csrf !== null) body.append('csrf', init.csrf ?? 'right')
  for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) body.append(name, one)
  return new Request('http://desk.example/form', { method: 'POST', body })
}

const Input = z.object({
  subject: z.string().trim().min(1),
  email: z.email().optional(),
  boxes: listOf(z.string()),
  agree: ticked,
})

interface Answer {
  data: FormAnswer
  init: { status: number } | null
}

describe('a form', () => {
  it('gives the fields as the schema shapes them', async () => {
    const { input, submission } = await readForm(
      post({ subject: ' Hello ', boxes: ['a', 'b'], agree: 'on', submission: '01234567-89ab-cdef-0123-456789abcdef' }),
      context,
      Input,
    )
    expect(input).toEqual({ subject: 'Hello', boxes: ['a', 'b'], agree: true })
    expect(submission).toBe('01234567-89ab-cdef-0123-456789abcdef')
    expect((await readForm(post({ subject: 'x', boxes: 'a' }), context, Input)).input).toEqual({
      subject: 'x',
      boxes: ['a'],
      agree: false,
    })
  })

  it('without the right token is refused, and what was typed stays', async () => {
    for (const csrf of [null, 'wrong', '']) {
      const answer = (await answerForm(
        { request: post({ subject: 'Hello' }, { csrf }), context },
        Input,
        async () => 'done',
      )) as Answer
      expect(answer.init?.status).toBe(403)
      expect(answer.data.values).toEqual({ subject: 'Hello' })
    }
  })

  it('shows each error at its field and keeps what was typed, but never a secret', async () => {
    const fields = { subject: ' ', email: 'no address', password: 'secret', imapPassword: 'secret', token: 'secret' }
    const answer = (await answerForm({ request: post(fields), context }, Input, async () => 'done')) as Answer
    expect(answer.init?.status).toBe(422)
    expect(answer.data.errors).toEqual({ subject: 'Please fill this in.', email: 'This is not an e-mail address.' })
    expect(answer.data.values).toEqual({ subject: ' ', email: 'no address' })
  })

  it('turns what a verb refused into the same answer', async () => {
    const refuse = async () => {
      throw new AppError('too_many', 'tooMany', { params: { seconds: 30 } })
    }
    const answer = (await answerForm({ request: post({ subject: 'Hello' }), context }, Input, refuse)) as Answer
    expect(answer.init?.status).toBe(429)
    expect(answer.data.message).toContain('30 seconds')
    expect(answer.data.values).toEqual({ subject: 'Hello' })
  })

  it('that is too large is refused: unread when it says so, else as soon as it is seen', async () => {
    const said = new Request('http://desk.example/form', {
      method: 'POST',
      body: 'x',
      headers: { 'content-length': '999999999', 'content-type': 'multipart/form-data; boundary=x' },
    })
    await expect(readForm(said, context, Input)).rejects.toMatchObject({ code: 'too_large' })

    let pulled = 0
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled++
        controller.enqueue(new Uint8Array(64 * 1024))
      },
    })
    const chunked = new Request('http://desk.example/form', {
      method: 'POST',
      body: endless,
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
      duplex: 'half',
    } as RequestInit)
    await expect(readForm(chunked, context, Input, { maxBytes: 1024 * 1024 })).rejects.toMatchObject({
      code: 'too_large',
    })
    expect(pulled).toBeLessThan(64)
  })

  it('cannot reach into objects by the names of its fields', async () => {
    const { typed } = await readForm(
      post({ subject: 'x', __proto__: 'polluted', constructor: 'y', toString: 'z' }),
      context,
      Input,
    )
    expect(typed.toString).toBe('z')
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })
})
