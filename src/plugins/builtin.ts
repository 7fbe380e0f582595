import { messageSubjects } from '#channels/channel.ts'
import type { Slots } from '#core/slots.ts'
import { fileOwners } from '#files/attachments.ts'
import { cannedFiles } from '#knowledge/canned-responses.ts'
import { ticketFacts } from '#tickets/show-ticket.ts'
import { draftFiles, entryFiles } from '#tickets/ticket-files.ts'

/** What Tessera brings along, put into the same slots that a plugin fills. What holds connections is opened by app.ts. */
export function fillSlots(slots: Slots): void {
  slots.fill(fileOwners, entryFiles, draftFiles, cannedFiles)
  slots.fill(messageSubjects, { name: 'ticket', factsOf: ticketFacts })
}
