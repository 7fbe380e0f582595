import type { Conversation } from './background.ts'

export const french: readonly Conversation[] = [
  {
    subjects: ['Livraison {order} : un carton abîmé', 'Carton ouvert à la livraison'],
    turns: [
      'Bonjour,\n\nun des cartons de ce matin était ouvert et deux sachets sont percés. Je vous envoie des photos si besoin.\n\nBonne journée,\n{name}',
      'Bonjour {first},\n\npas besoin de photos, je vous crois. Deux sachets partent aujourd’hui, et les percés sont à jeter.\n\n{agent}',
      'Bien reçus ce matin, merci beaucoup !',
    ],
  },
  {
    subjects: ['Facture {invoice} : TVA à corriger', 'Erreur de TVA sur {invoice}'],
    department: 'billing',
    turns: [
      'Bonjour, la facture {invoice} applique 20 % sur le café en grains, alors que c’est 5,5 %. Pouvez-vous la refaire ?',
      'Bonjour {first},\n\nvous avez raison, la catégorie de l’article était fausse. La facture corrigée vient de partir, la différence sera déduite de la prochaine.\n\n{agent}',
    ],
  },
  {
    subjects: ['La machine affiche E04', 'Erreur E04 depuis hier soir'],
    priority: 'high',
    turns: [
      'Bonjour,\n\ndepuis hier soir la machine affiche E04 et ne chauffe plus. Nous ouvrons à six heures, c’est assez urgent.\n\n{first}',
      'Bonjour {first},\n\nE04, c’est la sonde de la chaudière. Un technicien passe demain à cinq heures et demie, avant l’ouverture.\n\n{agent}',
      'Il est passé, tout marche. Quel service !',
    ],
  },
  {
    subjects: ['Changer notre jour de livraison', 'Livraison le jeudi plutôt que le mardi'],
    turns: [
      'Bonjour, serait-il possible d’être livrés le jeudi au lieu du mardi ? Le mardi c’est jour de marché et le camion ne passe pas.',
      'Bonjour {first},\n\nc’est noté : le jeudi entre sept et neuf heures, dès la semaine prochaine.\n\n{agent}',
    ],
  },
  {
    subjects: ['Formation pour deux apprentis', 'Deux places à la prochaine formation ?'],
    priority: 'low',
    turns: [
      'Bonjour,\n\nnous avons deux nouveaux apprentis et aimerions les inscrire à votre journée barista. Reste-t-il de la place ce mois-ci ?\n\n{name}',
      'Bonjour {first},\n\noui, il reste trois places le deuxième mardi, de neuf à seize heures, déjeuner compris. Je vous en garde deux ?\n\n{agent}',
      'Volontiers, merci. Ce sont Nadia et Théo.',
      'Nadia et Théo sont inscrits. À bientôt !\n\n{agent}',
    ],
  },
  {
    subjects: ['Moulin réglé trop fin', 'Le café coule goutte à goutte'],
    turns: [
      'Bonjour, depuis le dernier sac le café coule goutte à goutte et il est amer. Nous n’avons rien touché.',
      'Bonjour {first},\n\nla nouvelle récolte est un peu plus dense. Desserrez le moulin de deux crans et jetez les deux premiers cafés.\n\n{agent}',
      'Parfait, 26 secondes maintenant.',
    ],
  },
  {
    subjects: ['Avoir pour les sachets percés', 'Avoir sur {invoice}'],
    department: 'billing',
    turns: [
      'Bonjour, il était question d’un avoir pour les deux sachets percés, mais la facture {invoice} n’en tient pas compte.',
      'Bonjour {first},\n\nc’est juste, il manquait. L’avoir est émis, vous le recevrez avec la prochaine facture.\n\n{agent}',
    ],
  },
]

export const spanish: readonly Conversation[] = [
  {
    subjects: ['Pedido {order} sin el descafeinado', 'Falta el descafeinado del pedido {order}'],
    turns: [
      'Hola:\n\nhoy ha llegado el pedido {order}, pero falta el descafeinado. En el albarán sí aparece. ¿Nos lo podéis mandar?\n\nUn saludo,\n{name}',
      'Hola, {first}:\n\nperdona, se quedó en la mesa de embalaje. Sale hoy y lo tenéis mañana antes de las doce.\n\n{agent}',
      'Ya está aquí. ¡Gracias!',
    ],
  },
  {
    subjects: ['Factura {invoice} con el NIF equivocado', 'Corregir el NIF en {invoice}'],
    department: 'billing',
    turns: [
      'Buenos días, en la factura {invoice} figura el NIF de la tienda antigua. ¿Podéis emitir una rectificativa?',
      'Buenos días, {first}:\n\nclaro que sí. La rectificativa sale hoy y el NIF queda cambiado para las próximas.\n\n{agent}',
    ],
  },
  {
    subjects: ['El molino hace mucho ruido', 'Ruido raro en el molino'],
    turns: [
      'Hola, desde el lunes el molino hace un ruido como de piedras. El café sale bien, pero los clientes se asustan.',
      'Hola, {first}:\n\nsuelen ser las muelas, que rozan. No lo apretéis más. El técnico pasa el miércoles por la mañana con un juego nuevo.\n\n{agent}',
      'Muelas nuevas y silencio total. Muchas gracias.',
    ],
  },
  {
    subjects: ['¿Tenéis vasos compostables de 12 oz?', 'Vasos compostables'],
    priority: 'low',
    turns: [
      'Hola, buscamos vasos compostables de 12 oz con tapa. En la web solo veo los de 8.',
      'Hola, {first}:\n\nllegan la semana que viene, en cajas de 500. ¿Te reservo una?\n\n{agent}',
      'Dos, por favor.',
      'Reservadas dos cajas; van con el próximo pedido.\n\n{agent}',
    ],
  },
  {
    subjects: ['Cambio de horario de entrega', 'Entregas a partir de las nueve'],
    turns: [
      'Hola:\n\ndesde este mes abrimos a las nueve. ¿Podríais entregar a partir de esa hora? Antes no hay nadie para abrir.\n\n{name}',
      'Hola, {first}:\n\nhecho, de nueve a once a partir de la semana que viene.\n\n{agent}',
    ],
  },
  {
    subjects: ['La máquina pierde agua', 'Charco debajo de la máquina'],
    priority: 'high',
    turns: [
      'Buenos días, cada mañana encontramos un charco debajo de la máquina. No es mucho, pero la tarima es de madera.',
      'Buenos días, {first}:\n\nsuele ser el desagüe, que se sale un poco. Empujad el tubo gris hasta el tope; si mañana hay agua otra vez, va el técnico.\n\n{agent}',
      'Era eso. Hoy está seco, gracias.',
    ],
  },
  {
    subjects: ['Fiesta del libro: 200 cafés', 'Café para la fiesta del libro'],
    turns: [
      'Hola, el día 23 montamos un puesto en la plaza y calculamos unos 200 cafés. ¿Nos podéis dejar una máquina y vasos?',
      'Hola, {first}:\n\nclaro. Os llevamos la máquina pequeña el 22 por la tarde y 250 vasos. ¿Tenéis enchufe en la plaza?\n\n{agent}',
      'Sí, el del quiosco. ¡Qué bien!',
      'Pues todo listo. Feliz fiesta.\n\n{agent}',
    ],
  },
]

export const japanese: readonly Conversation[] = [
  {
    subjects: ['注文{order}の納品日について', '納品日の変更のお願い'],
    turns: [
      'お世話になっております。喫茶あおいの{name}です。\n\n注文{order}ですが、来週の火曜日は定休日のため、水曜日の午前中に変更していただくことは可能でしょうか。\n\nよろしくお願いいたします。',
      '{name}様\n\nいつもありがとうございます。水曜日の午前中（9時〜11時）に変更いたしました。\n\n{agent}',
      'ご対応ありがとうございます。助かります。',
    ],
  },
  {
    subjects: ['請求書{invoice}の宛名', '請求書の再発行のお願い'],
    department: 'billing',
    turns: [
      'お世話になっております。請求書{invoice}の宛名が旧店名になっておりました。お手数ですが再発行をお願いできますでしょうか。',
      '{name}様\n\n失礼いたしました。本日、新しい宛名で再発行いたしました。次回以降も新しい宛名でお送りいたします。\n\n{agent}',
    ],
  },
  {
    subjects: ['グラインダーの調整について', '挽き目が安定しません'],
    turns: [
      'お世話になっております。新しい豆に替えてから抽出が20秒を切ってしまいます。挽き目はどのくらいにすればよろしいでしょうか。',
      '{name}様\n\n新豆は少し浅煎りになっております。二目盛り細かくしていただき、粉量を19.5グラムにしてみてください。\n\n{agent}',
      '26秒になりました。味もとても良いです。ありがとうございました。',
    ],
  },
  {
    subjects: ['紙コップ（8オンス）の追加', '紙コップの在庫について'],
    priority: 'low',
    turns: [
      'お世話になっております。8オンスの紙コップを500個、次回の配送に追加していただけますでしょうか。',
      '{name}様\n\n承知いたしました。次回水曜日の配送に追加いたします。\n\n{agent}',
    ],
  },
]
