/** The canned responses a new desk begins with. */
export const shippedResponses: ReadonlyArray<{ name: string; body: string }> = [
  {
    name: 'Looking into it',
    body: 'Hello {{ requester.first_name }},\n\nthank you for writing. I am looking into it and will come back to you by {{ blank.when }}.',
  },
  {
    name: 'Need more details',
    body: 'Hello {{ requester.first_name }},\n\nto find out what is wrong I need a little more from you:\n\n{{ blank.what you need to know }}\n\nJust answer this mail; a picture of what you see often helps.',
  },
  {
    name: 'Please try this',
    body: 'Hello {{ requester.first_name }},\n\nplease try this:\n\n{{ blank.the steps }}\n\nIf it does not help, tell me what happened instead.',
  },
  {
    name: 'Passed to a specialist',
    body: 'Hello {{ requester.first_name }},\n\nI have passed your request to a colleague who knows this best. You need not do anything; the answer comes to this address, with the number {{ ticket.number }}.',
  },
  {
    name: 'Should be fixed now',
    body: 'Hello {{ requester.first_name }},\n\nthis should be fixed now. Please have a look, and answer this mail if it is not.',
  },
  {
    name: 'No answer from you',
    body: 'Hello {{ requester.first_name }},\n\nI have not heard from you about "{{ ticket.subject }}", so I take it that it is settled. If it is not, just answer this mail and we go on.',
  },
]
