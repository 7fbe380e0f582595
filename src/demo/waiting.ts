import type { DepartmentKey } from './cast.ts'

/** Requests that wait for an answer now. `minutes`: since the customer wrote. */
export interface Waiting {
  from: string
  subject: string
  text: string
  minutes: number
  priority?: 'urgent' | 'high' | 'low'
  department?: DepartmentKey
  assignee?: 'sam' | 'mona' | 'jonas' | 'ada'
  channel?: 'email' | 'web'
}

export const waiting: readonly Waiting[] = [
  {
    from: 'Callum Reid',
    subject: 'Till in shop 22 prints every receipt twice',
    text: 'Morning,\n\nsince the update last night we get two receipts for each sale. Not the end of the world, but we run out of paper by noon.\n\nCallum, shop 22',
    minutes: 95,
    department: 'it',
    assignee: 'jonas',
  },
  {
    from: 'Bea Thornton',
    subject: 'Can shop 31 close an hour early on the 24th?',
    text: 'Hi,\n\nthe centre closes at four that day anyway. Could you tell the app, so that nobody orders for pick-up after that?\n\nThanks, Bea',
    minutes: 410,
    priority: 'low',
    channel: 'web',
  },
  {
    from: 'Katrin Vogel',
    subject: 'Angebot für eine zweite Siebträgermaschine',
    text: 'Guten Tag,\n\nwir eröffnen im Frühjahr am Markt und brauchen dort eine zweigruppige Maschine samt Mühle. Können Sie uns ein Angebot machen, gern auch zur Miete?\n\nMit besten Grüßen\nKatrin Vogel',
    minutes: 260,
    assignee: 'jonas',
  },
  {
    from: 'Mathieu Rousseau',
    subject: 'Votre mélange de Noël, encore disponible ?',
    text: 'Bonjour,\n\nnos clients réclament déjà le mélange de Noël de l’an dernier. Est-ce que vous le referez, et à partir de quand peut-on commander ?\n\nMerci d’avance,\nMathieu',
    minutes: 52,
    priority: 'low',
  },
  {
    from: 'Javier Ortega',
    subject: 'No puedo entrar en la cuenta de la librería',
    text: 'Hola:\n\ndesde ayer la web dice que mi contraseña no es correcta, y el correo para cambiarla no llega. Necesito hacer el pedido antes del viernes.\n\nJavier Ortega',
    minutes: 128,
    assignee: 'sam',
  },
  {
    from: '田中 美咲',
    subject: 'エスプレッソマシンの水漏れについて',
    text: 'お世話になっております。喫茶あおいの田中です。\n\n昨日からマシンの下に水がたまるようになりました。営業はできておりますが、一度見ていただくことは可能でしょうか。写真が必要でしたらお送りします。\n\nよろしくお願いいたします。',
    minutes: 205,
    priority: 'high',
  },
  {
    from: 'Hannah Doyle',
    subject: 'Invoice HC-30418: purchase order number missing',
    text: 'Hello,\n\nour finance team needs PO 7741 on HC-30418 before they can pay it. Could you add it and send it again?\n\nMany thanks\nHannah',
    // Four hours for a high one: this is late already.
    minutes: 340,
    priority: 'high',
    department: 'billing',
    assignee: 'sam',
  },
  {
    from: 'Torsten Wiebe',
    subject: 'Mahnung erhalten, Rechnung ist bezahlt',
    text: 'Sehr geehrte Damen und Herren,\n\nheute kam eine Mahnung zu HC-29977. Wir haben die Rechnung am 3. überwiesen, der Beleg liegt mir vor. Bitte nehmen Sie die Mahnung zurück.\n\nTorsten Wiebe\nMensa Nordhafen',
    minutes: 61,
    department: 'billing',
    priority: 'high',
  },
  {
    from: 'Noah Fraser',
    subject: 'Room service pods: which ones are recyclable?',
    text: 'Hi there,\n\nguests keep asking and I would rather not guess. Do you have something we can print?\n\nNoah',
    minutes: 690,
    priority: 'low',
    channel: 'web',
  },
  {
    from: 'Kwame Mensah',
    subject: 'Alarm code for shop 47',
    text: 'Hello IT,\n\nthe alarm company changed our code over the weekend and nobody told us. I had to stand in the street with the siren on. Please send the new code to the shop phone, not by mail.\n\nKwame',
    minutes: 33,
    department: 'it',
    priority: 'high',
  },
  {
    from: 'Marta Iglesias',
    subject: 'Etiquetas de alérgenos para las galletas de avena',
    text: 'Hola, nos piden las etiquetas de alérgenos de las galletas de avena en español. ¿Las tenéis en PDF?\n\nGracias, Marta',
    minutes: 18,
    channel: 'web',
  },
  {
    from: 'Svenja Claasen',
    subject: 'Kartenzahlung in der Mensa: Trinkgeld lässt sich nicht abschalten',
    text: 'Moin,\n\ndas Lesegerät fragt seit gestern jeden nach Trinkgeld. In einer Mensa ist das den Leuten eher unangenehm. Kann man das irgendwo ausschalten?\n\nViele Grüße\nSvenja',
    minutes: 154,
    department: 'it',
  },
]
