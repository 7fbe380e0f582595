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
]
