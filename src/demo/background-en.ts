import type { Conversation } from './background.ts'

/** What shops and offices write in English. The first turn is the customer's, then they alternate. */
export const english: readonly Conversation[] = [
  {
    subjects: ['Grinder in shop {shop} smells burnt', 'Burnt smell from the grinder, shop {shop}'],
    turns: [
      'Hi,\n\nsince this morning our big grinder smells like burnt rubber after about ten doubles. We switched it off and use the small one, but the queue is out of the door. Can somebody look at it today?\n\n{first}',
      'Hi {first},\n\nplease leave it off. That is the belt, we have seen it on three machines of this series. A technician is with you between two and four this afternoon and brings a spare.\n\n{agent}',
      'He was here at half past two. New belt, no smell. Thanks for being so quick!',
    ],
  },
  {
    subjects: ['Milk fridge at shop {shop} reads 9 degrees', 'Fridge alarm in shop {shop}'],
    priority: 'high',
    turns: [
      'The display of the milk fridge says 9 °C and does not go down. I moved the milk to the big one. How long can we keep it like that?',
      'Hello {first},\n\nwell done. Anything that was above 8 degrees for more than two hours has to go, sorry. Please note the bottles on the waste sheet, we credit them. The cooling firm comes tomorrow before you open.\n\n{agent}',
      'Eleven bottles, it is on the sheet. They just left: the fan was iced up.',
      'Thank you. The eleven bottles are credited to shop {shop}.\n\n{agent}',
    ],
  },
  {
    subjects: ['Order {order}: two bags of decaf missing', 'Short delivery, order {order}'],
    turns: [
      'Hello, we ordered six bags of the decaf and four were in the box. The delivery note says six.\n\nBest,\n{first}',
      'Hello {first},\n\nyou are right, the packing photo shows four. Two bags leave today with the 4 pm courier and should be with you tomorrow by noon.\n\n{agent}',
    ],
  },
  {
    subjects: ['Card reader says "host unreachable"', 'Card payments down in shop {shop}'],
    department: 'it',
    priority: 'urgent',
    turns: [
      'We can only take cash at the moment. The reader shows "host unreachable" since ten past eight. I have restarted it twice.',
      'Hi {first},\n\nthe line provider has a fault in your street. I switched your till to the mobile line: please restart the reader once more and try a card.\n\n{agent}',
      'Works again. It is a little slower but we can live with that.',
    ],
  },
  {
    subjects: ['Invoice {invoice} has the old address', 'Please reissue invoice {invoice}'],
    department: 'billing',
    turns: [
      'Good morning,\n\ninvoice {invoice} still carries our address in Mill Lane. We moved in the spring. Our accountants will not book it. Could you reissue it, please?\n\nKind regards\n{name}',
      'Good morning {first},\n\nof course. The corrected invoice is attached to your account and on its way by mail. I changed the address for all that follow, too.\n\n{agent}',
    ],
  },
  {
    subjects: ['Charged twice for {invoice}?', 'Double payment, {invoice}'],
    department: 'billing',
    turns: [
      'Hi, our bank shows two debits for {invoice}, three days apart. Can you check?',
      'Hi {first},\n\nyes, I see both. The second one was a retry of our bank that should not have happened. I have sent the money back today; it takes two to three working days.\n\n{agent}',
      'It has arrived. Thank you for sorting this out so fast.',
    ],
  },
  {
    subjects: ['New starter at shop {shop} on Monday', 'Till login for a new colleague'],
    department: 'it',
    turns: [
      'Hello,\n\nwe have a new barista from Monday, Danny Price. Could you make a till login and add him to the rota app? His staff number is on the form I uploaded.\n\n{first}',
      'Hello {first},\n\ndone. Danny finds an invitation in his mail; the till asks him for a PIN the first time. Say hello from us.\n\n{agent}',
    ],
  },
  {
    subjects: ['Can we return the oat milk?', 'Oat milk near its date'],
    turns: [
      'We got a whole pallet of oat milk that runs out at the end of the month. We will never sell that much. Can we send half of it back?',
      'Hi {first},\n\nyes. Please keep the unopened cases together, the driver takes them along on Thursday. We credit them once they are counted.\n\n{agent}',
      'Eight cases are ready by the back door.',
      'Counted: eight. The credit note is on your account.\n\n{agent}',
    ],
  },
  {
    subjects: ['Espresso runs too fast since the new beans', 'Shot time 17 seconds, help'],
    turns: [
      'Hi there, since we opened the new lot of the Harbour Blend everything runs through in 17 seconds. We are already at the finest setting.',
      'Hi {first},\n\nthe new lot is roasted a touch lighter. Please go up to 19.5 g, and give the grinder two turns after you opened a bag. If it still runs faster than 25 seconds, the burrs are due: shop {shop} had its last set fourteen months ago.\n\n{agent}',
      '19.5 g it is, we are at 27 seconds. Tastes great now!',
    ],
  },
  {
    subjects: ['Wi-Fi for guests is down', 'Guest Wi-Fi in shop {shop}'],
    department: 'it',
    priority: 'low',
    turns: [
      'Guests say the Wi-Fi asks for a code that we do not have. It used to be open.',
      'Hi {first},\n\nan update had put the guest network behind the staff page. It is open again; people may have to forget the network once.\n\n{agent}',
    ],
  },
  {
    subjects: ['Tasting for forty people in our lobby', 'Could you do a tasting at our office?'],
    turns: [
      'Dear team,\n\nwe celebrate ten years in this building and would love to have a small coffee tasting for about forty people. Is that something you do? The second Friday of next month would be ideal.\n\nWarm regards\n{name}',
      'Dear {first},\n\ncongratulations! We do, and the date is free. Two baristas, four coffees, about ninety minutes. I have put a proposal together; tell me if you would rather have tea in it as well.\n\n{agent}',
      'That looks lovely. No tea, we are loyal. Please book it.',
      'Booked. Our two will call you the day before about power and water.\n\n{agent}',
    ],
  },
  {
    subjects: ['Loyalty points not added', 'My stamps are gone'],
    priority: 'low',
    turns: [
      'Hello, I paid with the app at shop {shop} on Saturday, twice, and neither shows up. I was one coffee away from a free one!',
      'Hello {first},\n\nthe till there was offline over lunch, so the app never heard of your two coffees. They are on your card now, and the free one is on us.\n\n{agent}',
    ],
  },
  {
    subjects: ['Water filter for order {order}', 'Which filter do we need?'],
    turns: [
      'The machine asks for a new filter. The shop page lists three and I do not want to order the wrong one. We have the two-group machine from last year.',
      'Hi {first},\n\nfor yours it is the C500. Turn the water off first, then a quarter turn to the left. It holds about six months with your water.\n\n{agent}',
    ],
  },
  {
    subjects: ['Delivery came at 5 am', 'Delivery window, again'],
    turns: [
      'The driver rang at five in the morning. We open at seven and our neighbours are not amused. It is the second time this month.',
      'Dear {first},\n\nI am sorry, that must not happen. Your window is 6:30 to 8, and from today the route planner refuses anything earlier for your street. I have told the carrier as well.\n\n{agent}',
      'Thank you. A quiet week so far.',
    ],
  },
  {
    subjects: ['Standing order: from 12 to 15 kg', 'Change our weekly order'],
    turns: [
      'Please raise our weekly order from 12 to 15 kilos of the Harbour Blend, starting next week. Same day, same place.',
      'Done, {first}. From next Tuesday you get 15 kg. The price per kilo drops by forty cents at that size.\n\n{agent}',
    ],
  },
  {
    subjects: ['Printer prints labels upside down', 'Label printer, shop {shop}'],
    department: 'it',
    priority: 'low',
    turns: [
      'It is a small thing but it drives us mad: all allergen labels come out upside down since the update.',
      'Hi {first},\n\nI can see it from here. I have turned the layout round; please print one to check.\n\n{agent}',
      'Right way up. You are a star.',
    ],
  },
  {
    subjects: ['Statement for the last quarter', 'Could we have a statement of account?'],
    department: 'billing',
    turns: [
      'Dear Billing,\n\nour auditors ask for a statement of all invoices and payments of the last quarter. A PDF is fine.\n\nRegards\n{name}',
      'Dear {first},\n\nthe statement lies on your account under Documents. Everything is paid; {invoice} was the last one.\n\n{agent}',
    ],
  },
  {
    subjects: ['Steam wand drips', 'Left steam wand in shop {shop} drips'],
    turns: [
      'The left wand drips all day, about a cup an hour. It got worse this week.',
      'Hi {first},\n\nthat is the valve seal, a ten-minute job. I can send you the seal with the video, or a technician on Wednesday. What do you prefer?\n\n{agent}',
      'Wednesday please. I do not trust myself with the spanner.',
      'He is there at nine, before the rush.\n\n{agent}',
    ],
  },
  {
    subjects: ['Shared mailbox for the events team', 'Access to the events calendar'],
    department: 'it',
    turns: [
      'Could the three of us in events get access to the shared calendar? We are sending each other screenshots.',
      'All three can read and write it now. It shows up in your calendar within the hour; no screenshots needed.\n\n{agent}',
    ],
  },
  {
    subjects: ['Gift card code does not work', 'Gift card rejected at shop {shop}'],
    turns: [
      'I was given a card with £25 on it and the till said "unknown code". The receipt of my friend says it was paid for.',
      'Hello {first},\n\nthe card had never been switched on at the till. It is now, and it holds the full £25.\n\n{agent}',
      'Just had a flat white on it. Thanks.',
    ],
  },
]

/** What offices and hotels write, who have machines and contracts of their own. */
export const offices: readonly Conversation[] = [
  {
    subjects: ['Machine on floor {floor}: error 12', 'Floor {floor}, machine says 12'],
    priority: 'high',
    turns: [
      'Good morning,\n\nthe machine on floor {floor} shows error 12 and nobody gets coffee. We tried the switch at the back. Forty people up here are getting grumpy.\n\n{name}',
      'Good morning {first},\n\n12 is the water tank sensor. Please take the tank out, wipe the little window at its back dry, and put it in again until it clicks. If 12 comes back we are with you before lunch.\n\n{agent}',
      'The window was wet. Coffee again, thank you!',
    ],
  },
  {
    subjects: ['Fewer beans over the holidays', 'Pause our order for two weeks'],
    turns: [
      'Hello, the building is nearly empty in the last two weeks of the month. Could we skip one delivery and halve the next?',
      'Hello {first},\n\ndone: no delivery on the first Tuesday, half on the second. After that it goes on as before.\n\n{agent}',
    ],
  },
  {
    subjects: ['Who services the machine in our lobby?', 'Service date for {order}'],
    turns: [
      'Hi,\n\nwe have no service in the calendar for this half-year, and the contract says two. Did we miss one?\n\n{name}',
      'Hi {first},\n\nno, we did. Fiona comes next Thursday between two and four and brings the new gaskets. I am sorry that you had to ask.\n\n{agent}',
      'Thursday is fine. Reception has her name.',
    ],
  },
  {
    subjects: ['Decaf in the afternoon', 'A decaf option for floor {floor}'],
    priority: 'low',
    turns: [
      'Several people ask for decaf after two o’clock. Does the machine have room for a second hopper?',
      'It does, {first}. The second hopper takes ten minutes to fit and costs nothing within your contract. Shall we bring it with the next delivery, together with 2 kg of decaf to start with?\n\n{agent}',
      'Yes please to both.',
      'Planned for Tuesday.\n\n{agent}',
    ],
  },
  {
    subjects: ['Recycling of the bean bags', 'Can you take the empty bags back?'],
    priority: 'low',
    turns: [
      'Our sustainability group asks whether the bags can be recycled, and if you take them back. We have about thirty.',
      'Hi {first},\n\nwe do: put them flat into the last delivery box and hand it to the driver. They become crates, honestly. I can send your group a page about it.\n\n{agent}',
    ],
  },
  {
    subjects: ['Breakfast: 300 guests on Saturday', 'Large group, extra coffee for Saturday'],
    turns: [
      'Hi, we have a wedding party and expect about 300 at breakfast on Saturday. Can we get 12 kg extra by Friday, and a second grinder for the weekend?',
      'Hi {first},\n\n12 kg are on the Friday van, and a spare grinder with them; just send it back on Monday.\n\n{agent}',
      'It went like clockwork. The grinder is packed.',
    ],
  },
  {
    subjects: ['New contact for invoices', 'Please send invoices to our new address'],
    department: 'billing',
    turns: [
      'Dear Billing,\n\nfrom this month please send all invoices to accounts@ instead of to me. I am changing departments.\n\nBest wishes\n{name}',
      'Dear {first},\n\nchanged, {invoice} is the first that goes there. Good luck with the new job!\n\n{agent}',
    ],
  },
]
