import type { data } from 'react-router'

type Answered = ReturnType<typeof data<object>>

/** The answer of a form as JSON, for callers that are scripts and no navigation. */
export function asJson(answer: object | Answered): Response {
  if ('init' in answer && 'data' in answer) {
    const { data: body, init } = answer as Answered
    return Response.json(body, init ?? undefined)
  }
  return Response.json(answer)
}
