/** The fields of a mail's header, as programs write them above what they quote. */
export type Label = 'from' | 'sent' | 'to' | 'cc' | 'subject'

const labels = new Map<string, Label>()
const addLabels = (label: Label, words: string): void => {
  for (const word of words.split('|')) labels.set(word, label)
}
addLabels(
  'from',
  'pošiljatelj|pošiljalac|від|від кого|saatja|no|nuo|από τον|จาก|dari|daripada|gönderen|de:|寄件人|發件者|보낸사람|שולח|المرسل|فرستنده|от|igorlea|sent by|absender|expeditor|отправитель|відправник|送信者|frá|oddawca|feladva|發信人|from|von|de|da|van|från|fra|od|lähettäjä|от|от кого|kimden|feladó|från|发件人|發件人|寄件者|差出人|보낸 사람|expéditeur|remitente|mittente|remetente|afzender|avsändare|afsender|avsender|nadawca|odesílatel|отправитель|từ|מאת|من|message du|gönderen|de la|feladó|από',
)
addLabels(
  'sent',
  'odoslané|odoslaná|poslano|σταλθηκε|σταλθηκε στις|στάλθηκε|στάλθηκε στις|надіслано|изпратено|تم الإرسال|تاريخ|ส่ง|วันที่|terkirim|dikirim|tanggal|enviat|enviat el|saadetud|kuupäev|nosūtīts|datums|išsiųsta|enviada em|enviada|寄件日期|寄件時間|傳送時間|寄信日期|보낸날짜|thời gian|date and time|date:|uhrzeit|dátum|sent date|dată|data:|dagsetning|zeitpunkt|время|дата отправки|sent|date|gesendet|datum|dato|envoyé|enviado|enviado el|enviado em|fecha|data|inviato|verzonden|skickat|sendt|dato|lähetetty|päivämäärä|päiväys|wysłano|odesláno|отправлено|дата|发送时间|发送日期|日期|發送時間|傳送日期|送信日時|日時|보낸 날짜|날짜|gönderildi|tarih|đã gửi|ngày|sent at|elküldve|dátum|gesendet am|envoyé le|תאריך|נשלח|trimis|ημερομηνία|sent on',
)
addLabels(
  'to',
  'adressaat|kam|za|prima|ถึง|kepada|per a|alıcı|إلى|收件者|받는사람|收信人|recipient|recipients|catre|către|da|na|för|viðtakandi|komu:|gavėjas|saņēmējs|naslovnik|primatelj|до|получатель|кому:|to|an|à|a|para|aan|naar|til|till|do|vastaanottaja|кому|komu|收件人|宛先|받는 사람|kime|címzett|tới|đến|אל|către|προς|destinataire|destinatario|destinatário|ontvanger|empfänger|mottagare|modtager|mottaker|odbiorca',
)
addLabels(
  'cc',
  'cc|bcc|kopie|copie|copie à|copia|kopia|kopio|kopi|копия|抄送|抄送人|副本|参照|참조|másolatot kap|reply-to|antwort an|répondre à|responder a|importance|priority|attachments?|anlagen|bijlage|pièces jointes|organization|x-mailer|mailed-by|signed-by|cc:|kopie an',
)
addLabels(
  'subject',
  'zadeva|naslov|θεμα|відносно|относно|الموضوع|موضوع|เรื่อง|subjek|perihal|teema|tēma|tema|主旨|標題|标题|betrifft|betr|onderw|titel|提목|predmet:|efni|件名:|제목:|subject|betreff|objet|asunto|oggetto|assunto|onderwerp|ämne|emne|aihe|temat|předmět|predmet|тема|主题|主題|件名|제목|konu|tárgy|chủ đề|נושא|subiect|θέμα|sujet|re|fwd subject',
)

/** Which field a line names; also in a table of pipes, as NetEase writes it. */
export function labelOf(line: string): Label | null {
  const match = /^[\s>*_|]{0,8}([\p{L}][\p{L}\p{M} -]{0,18}?)[*_]{0,2}\s?(?:[:：]|[ \t]\|[ \t])/u.exec(line)
  return match ? (labels.get((match[1] ?? '').toLowerCase()) ?? null) : null
}

/** The same without a colon, as eM Client writes it: only meant beside a mailbox in the first line. */
export function bareLabelOf(line: string): Label | null {
  const match = /^\s{0,3}([\p{Lu}][\p{L}\p{M}]{0,14})[ \t]+\S/u.exec(line)
  return match ? (labels.get((match[1] ?? '').toLowerCase()) ?? null) : null
}
