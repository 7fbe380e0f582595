/** Requests that come in while the demonstration runs, one every few minutes. */
export const newcomers: readonly { from: string; subject: string; text: string }[] = [
  {
    from: 'Priya Raman',
    subject: 'Grinder in shop 14 smells burnt',
    text: 'Hi,\n\nthe big grinder smells like burnt rubber since the lunch rush. I have switched it off. Can somebody come before four?\n\nPriya, shop 14',
  },
  {
    from: 'Lukas Hoffmann',
    subject: 'Milchschäumer wird nicht mehr heiß',
    text: 'Moin,\n\nunser Milchschäumer schäumt, aber kalt. Ein- und ausgeschaltet haben wir ihn schon. Was können wir noch probieren?\n\nLukas',
  },
  {
    from: 'Camille Lacroix',
    subject: 'Commande supplémentaire pour samedi',
    text: 'Bonjour,\n\nnous avons un mariage samedi et il nous faudrait 5 kg de plus. Est-ce encore possible pour vendredi matin ?\n\nCamille',
  },
  {
    from: 'Grace Mbeki',
    subject: 'Two more badges for the coffee corner',
    text: 'Hello,\n\ntwo colleagues start on Monday and need badges for the machine on floor 6. Names follow as soon as HR tells me.\n\nGrace',
  },
  {
    from: 'Pablo Navarro',
    subject: 'Albarán sin firmar',
    text: 'Hola:\n\nel repartidor ha dejado el pedido en la puerta sin que nadie firmara. Está todo, pero preferimos que llame.\n\nPablo',
  },
  {
    from: '鈴木 健',
    subject: 'コーヒー豆の追加注文',
    text: 'お世話になっております。喫茶あおいの鈴木です。\n\n週末に向けて、ハーバーブレンドを3kg追加でお願いできますでしょうか。\n\nよろしくお願いいたします。',
  },
  {
    from: 'Leila Haddad',
    subject: 'Descaler: is the blue bottle the right one?',
    text: 'Hi,\n\nthe hotel in York got the blue bottle this time, it used to be the green one. Are they the same?\n\nLeila',
  },
]
