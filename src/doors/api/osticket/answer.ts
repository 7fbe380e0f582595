/** What a call is answered with: osTicket's status and its bytes, always announced as HTML. */
export interface OsticketAnswer {
  status: 200 | 201 | 400 | 401 | 403 | 413 | 500
  body: string
}
