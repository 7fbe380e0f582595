import { assignTicket } from '#tickets/assign.ts'
import { changeStatus } from '#tickets/change-status.ts'
import { editTicket } from '#tickets/edit-ticket.ts'
import { linkTicket } from '#tickets/link.ts'
import { mergeTickets } from '#tickets/merge.ts'
import { openTicket } from '#tickets/open-ticket.ts'
import { pinNote } from '#tickets/pin-note.ts'
import { snoozeTicket } from '#tickets/snooze.ts'
import { tagTicket } from '#tickets/tag-ticket.ts'
import { readWorkflow } from '#workflow/workflow.ts'
import type { Moment, Placed, Scene } from './scene.ts'

const priorityOf = async (then: Moment, key: string): Promise<number> =>
  (await readWorkflow(then.ctx)).priorities.find((one) => one.key === key)!.id

/** What shops and offices need: the clock, the outage, the twins, the reopened one, the call, and the one that can wait. */
export function tellShops(scene: Scene): void {
  nearBreach(scene)
  outage(scene)
  twins(scene)
  reopened(scene)
  phoned(scene)
  snoozed(scene)
}

function nearBreach(scene: Scene): void {
  const ellie = scene.cast.customer('Ellie Marsh')
  let ticket: Placed | null = null
  scene.at(47, async (then) => {
    ticket = await then.mail({
      from: ellie,
      subject: 'All three fridges in shop 9 are off',
      text: 'Hello,\n\nI came in at half past five and all three fridges are off. The fuse holds, the lights work, the fridges do not. There is milk for about £400 in there. We open at seven.\n\nPlease tell me what to do!\n\nEllie, shop 9',
    })
  })
  scene.at(41, async (then) => {
    const mona = await then.as('mona')
    await editTicket(mona, ticket!, { priority: await priorityOf(then, 'urgent') })
    await assignTicket(mona, ticket!, { agent: scene.cast.agents.sam, team: scene.cast.team })
    await then.note(
      'mona',
      ticket!,
      'Food safety, so urgent: the first answer is due within the hour. Sam, please tell her to move the milk before you look for the cause.',
    )
  })
  scene.tells('nearBreach', () => {
    if (ticket)
      scene.answers.set(ticket.number, 'We have moved what we could into the ice box. It is 11 degrees now. What next?\n\nEllie')
    return ticket
  })
}

const CHILDREN: readonly (readonly [string, number, string, string])[] = [
  [
    'Priya Raman',
    14,
    'Card payments do not go through',
    'Every card is declined since a few minutes, also my own. Cash works. Is it us or is it you?\n\nPriya, shop 14',
  ],
  [
    'Bea Thornton',
    31,
    'Card reader: "acquirer not available"',
    'Reader says "acquirer not available". Restarted, same thing. Long queue.\n\nBea',
  ],
  [
    'Kwame Mensah',
    47,
    'No card payments in shop 47',
    'Cards are down here. The bakery next door has the same, if that helps.\n\nKwame',
  ],
  ['Shop 3', 3, 'Cards declined', 'All cards declined since twenty to ten. Help please'],
  ['Shop 8', 8, 'Card machine broken??', 'The card machine says no to everybody. We only have £60 of change.'],
  ['Shop 19', 19, 'Payment terminal offline', 'Hi, terminal offline since this morning, contactless and chip. Shop 19'],
  ['Shop 26', 26, 'we can not take cards', 'since 9.45, tried two readers. people are leaving'],
  ['Shop 38', 38, 'Card payments again!', 'Second time this month. Please call us when it works again.\n\nThe team of shop 38'],
  ['Shop 55', 55, 'Reader shows E-503', 'E-503 on both readers. We put a "cash only" sign on the door.'],
]

function outage(scene: Scene): void {
  const callum = scene.cast.customer('Callum Reid')
  let parent: Placed | null = null
  const children: Placed[] = []
  scene.at(172, async (then) => {
    parent = await then.mail({
      from: callum,
      to: scene.cast.mailboxes.it.address,
      subject: 'Card payments fail in shop 22',
      text: 'Hi IT,\n\nwe cannot take cards since 9:40. Both readers say "acquirer not available". I rang shop 23, they have it too, so it is not our line.\n\nCallum',
    })
  })
  CHILDREN.forEach(([name, shop, subject, text], index) => {
    scene.at(169 - index * 4, async (then) => {
      const from = name.startsWith('Shop')
        ? { name: `Harbour Coffee, shop ${shop}`, address: `shop${shop}@shops.harbourcoffee.example` }
        : scene.cast.customer(name)
      const child = await then.mail({ from, to: scene.cast.mailboxes.it.address, subject, text })
      if (child) children.push(child)
    })
  })
  scene.at(131, async (then) => {
    const jonas = await then.as('jonas')
    await assignTicket(jonas, parent!, { agent: scene.cast.agents.jonas })
    await editTicket(jonas, parent!, {
      subject: 'Outage: card payments fail in all shops since 09:40',
      priority: await priorityOf(then, 'urgent'),
    })
    await tagTicket(jonas, parent!, { add: ['outage'] })
    for (const child of children) await linkTicket(jonas, child, { ticket: parent!.number, as: 'parent' })
  })
  scene.at(126, async (then) => {
    const note = await then.note(
      'jonas',
      parent!,
      'The acquirer confirms it: a certificate ran out on their side at 09:38, new one expected by noon. Shops can go on with the offline mode up to £50 a sale. Please do not answer the nine one by one: answer here, and solve them together when cards work again.',
    )
    await pinNote(await then.as('jonas'), parent!, note)
    await then.reply(
      'jonas',
      parent!,
      'Hi Callum,\n\nit is the card company, and it is everywhere. They work on it and hope for noon. Until then you can switch the reader to offline: Menu, Payments, Offline, up to £50 a sale.\n\nI write again as soon as I know more.',
      'open',
    )
  })
  scene.tells('outage', () => {
    if (parent)
      scene.answers.set(
        parent.number,
        'Offline mode works, thank you. Any news from the card company? It is nearly noon.\n\nCallum',
      )
    return parent
  })
}

function twins(scene: Scene): void {
  const imogen = scene.cast.customer('Imogen Clarke')
  let first: Placed | null = null
  let second: Placed | null = null
  scene.at(300, async (then) => {
    const opened = await openTicket(
      then.ctx,
      {
        requester: { name: imogen.name, email: imogen.address },
        subject: 'Order 51207 has not arrived',
        message:
          'Hello, the order for the Anchor in Whitby was due yesterday. Tracking has said "out for delivery" since Monday. 40 kg, and the weekend is booked out.',
      },
      { channel: 'web' },
    )
    first = { id: opened.id, number: opened.number }
  })
  scene.at(279, async (then) => {
    second = await then.mail({
      from: imogen,
      subject: 'Where is order 51207??',
      text: 'Hi,\n\nI used your form earlier but I am not sure that it went through, so once more by mail: order 51207 for the Anchor in Whitby has not come. We have beans until Friday morning.\n\nImogen Clarke\nThe Anchor Hotel Group',
    })
  })
  scene.at(255, async (then) => {
    const sam = await then.as('sam')
    await assignTicket(sam, first!, { agent: scene.cast.agents.sam })
    await mergeTickets(sam, first!, { tickets: [second!.number], addPeople: true })
    await then.note(
      'sam',
      first!,
      'Same order, two ways in. Carrier says the van broke down outside Scarborough; they reload today.',
    )
  })
  scene.tells('twins', () => {
    if (first)
      scene.answers.set(first.number, 'The driver just rang: he is here at two. You can close this. Thank you, Sam!\n\nImogen')
    return first
  })
}

function reopened(scene: Scene): void {
  const dmitri = scene.cast.customer('Dmitri Volkov')
  const subject = 'Second machine still loses pressure'
  let ticket: Placed | null = null
  scene.at(3 * 1440 + 120, async (then) => {
    ticket = await then.mail({
      from: dmitri,
      subject,
      text: 'Good morning,\n\nthe machine in the breakfast room falls from 9 to 6 bar in the middle of a shot. It began after the service last week.\n\nDmitri Volkov\nThe Anchor, Edinburgh',
    })
  })
  scene.at(3 * 1440 + 60, async (then) => {
    await assignTicket(await then.as('sam'), ticket!, { agent: scene.cast.agents.sam })
    await then.reply(
      'sam',
      ticket!,
      'Good morning Dmitri,\n\nafter a service the pressure often needs a little turn. It is the brass screw below the left group: a quarter turn clockwise, then try again.',
    )
  })
  scene.at(2 * 1440, async (then) => {
    await changeStatus(await then.as('sam'), ticket!, { status: 'resolved' })
  })
  scene.at(76, async (then) => {
    await then.mail({
      from: dmitri,
      subject: `Re: ${subject} [#${ticket!.number}]`,
      text: 'Are you serious?\n\nNobody answers the phone, and now I see that this is marked as solved. It is NOT solved. The screw changes nothing, I have turned it twice. This morning I sent two hundred breakfast guests to the bar next door.\n\nI want a technician here today, or I want our contract ended.\n\nD. Volkov',
    })
  })
  scene.at(70, async (then) => {
    const mona = await then.as('mona')
    await editTicket(mona, ticket!, { priority: await priorityOf(then, 'high') })
    await then.note(
      'mona',
      ticket!,
      'He is right, and we closed this too early. @Sam please ring him before you write: Edinburgh can send Fiona at three if we say so by noon.',
    )
  })
  scene.tells('reopened', () => {
    if (ticket) scene.answers.set(ticket.number, 'I am still waiting. A phone call would be the least.\n\nD. Volkov')
    return ticket
  })
}

function phoned(scene: Scene): void {
  const rosie = scene.cast.customer('Rosie Whitlock')
  let ticket: Placed | null = null
  scene.at(88, async (then) => {
    const sam = await then.as('sam')
    const opened = await openTicket(
      sam,
      {
        requester: { name: rosie.name, email: rosie.address },
        subject: 'Rang: coffee for a board meeting on Thursday',
        message:
          'Rosie from Northgate rang. Board meeting on Thursday at eight, fourteen people, needs two flasks of filter and one of decaf on the sixth floor by quarter to. She wants a price by this afternoon, and somebody who brings it up: the lift needs a badge.',
        assignee: scene.cast.agents.sam,
        autorespond: false,
      },
      { channel: 'phone' },
    )
    ticket = { id: opened.id, number: opened.number }
  })
  scene.at(84, async (then) => {
    await then.note('sam', ticket!, 'Her number: ask the desk at Northgate for 612. She is out between one and two.')
  })
  scene.tells('phoned', () => {
    if (ticket)
      scene.answers.set(
        ticket.number,
        'Hi Sam, we spoke on the phone: it is sixteen people now, sorry! Everything else as I said.\n\nRosie',
      )
    return ticket
  })
}

/** The next Monday at nine; a week later on a Monday. */
export function nextMonday(now: Date): Date {
  const monday = new Date(now)
  monday.setUTCDate(monday.getUTCDate() + ((8 - monday.getUTCDay()) % 7 || 7))
  monday.setUTCHours(9, 0, 0, 0)
  return monday
}

function snoozed(scene: Scene): void {
  const aoife = scene.cast.customer('Aoife Byrne')
  let ticket: Placed | null = null
  scene.at(1440 + 200, async (then) => {
    ticket = await then.mail({
      from: aoife,
      subject: 'New blend for our lobby bars',
      text: 'Hi Sam,\n\nthe three samples are great. My favourite is number two, but our head barman is away until Monday and I will not decide without him. Could you keep the price until then?\n\nAoife',
    })
  })
  scene.at(1440 + 150, async (then) => {
    const sam = await then.as('sam')
    await assignTicket(sam, ticket!, { agent: scene.cast.agents.sam })
    await then.reply('sam', ticket!, 'Hi Aoife,\n\nof course, the price stands. I come back to you on Monday.', 'open')
    await snoozeTicket(sam, ticket!, {
      until: nextMonday(new Date(then.now.getTime() + 1440 * 60_000 + 150 * 60_000)).toISOString(),
    })
  })
  scene.tells('snoozed', () => {
    if (ticket)
      scene.answers.set(ticket.number, 'He rang from his holiday: number two it is! Please send 20 kg to begin with.\n\nAoife')
    return ticket
  })
}
