/** How programs that answer by themselves begin their subjects. All are tried on one line of at most some hundred characters. */

/** Written by somebody's program who answers: what follows is the subject of what was answered. */
export const isReplySubject = (subject: string): boolean =>
  /^\s*(re|aw|sv|antw|vs|odp|rif|res|r|ynt|回复|回覆|答复|返信|回信|отв|відп|답장|απ|bls|atb)\s*(\[\d+\])?\s*[:：]/iu.test(
    subject,
  )

/** Out-of-office notes and vacation programs, in the languages of Exchange, Gmail, Lotus, cPanel, sieve and their kin. */
export const autoReplySubject = new RegExp(
  `^[^\\p{L}\\p{N}]{0,3}(?:re:\\s{0,3})?(?:${[
    'auto:',
    'autoreply\\b',
    'automatic reply',
    'auto(?:matic)?[- ]?(?:reply|response|responder|antwort|mated (?:response|reply))',
    'out[- ]of[- ](?:the[- ])?office',
    'ooo\\s?[:(-]',
    '(?:currently |i.?a?m )?away from (?:my |the )?(?:mail|e-mail|office|desk)',
    'i am (?:currently )?(?:out of (?:the )?office|on (?:leave|holiday|vacation))',
    'on (?:vacation|annual leave|maternity leave|parental leave)\\b',
    'vacation (?:reply|response|message|notice)',
    'absence (?:du bureau|notification|notice)',
    'away (?:message|notice)',
    // German
    'automatische (?:antwort|beantwoording|e-?mail-?antwort|rückmeldung)',
    'abwesenheits?(?:notiz|benachrichtigung|nachricht|assistent|meldung|info)?\\b',
    'abwesend\\b',
    'nicht im (?:büro|haus)\\b',
    'urlaubs(?:meldung|nachricht|notiz)',
    'außer haus\\b',
    // French
    'r[ée]ponse (?:automatique|d.absence)',
    'message (?:automatique|d.absence)',
    'absent(?:e)? du bureau',
    // Spanish, Catalan, Galician, Portuguese, Italian
    'respuesta autom[áa]tica',
    'fuera de (?:la )?oficina',
    'resposta autom[àáa]tica',
    'fora d[eo] (?:l.)?(?:escritório|oficina|despatx)',
    'ausência (?:temporária|do escritório)',
    'risposta automatica',
    'fuori (?:sede|ufficio)',
    'assente dall.ufficio',
    // Dutch, Swedish, Danish, Norwegian, Finnish, Icelandic
    'automatisch (?:antwoord|bericht)',
    'afwezig(?:heid)?',
    'autosvar',
    'automatis(?:kt|k) (?:svar|svarsmeddelande)',
    'frånvaro(?:meddelande)?\\b',
    'fravær(?:sbesked|smelding)?\\b',
    'automaattinen (?:vastaus|poissaoloviesti)',
    'poissa(?: toimistosta|oloilmoitus)',
    'sjálfvirkt svar',
    // Polish, Czech, Slovak, Slovenian, Croatian, Serbian
    'autoodpowied[zź]',
    'odpowied[zź] automatyczna',
    'automatyczna odpowied[zź]',
    'automatick[áa] odpov[eěe][dďd]?',
    'mimo kancel[áa]r',
    '(?:samodejni|avtomatski) odgovor',
    'automatski odgovor',
    'аутоматски одговор',
    // Hungarian, Romanian, Greek, Turkish, Albanian
    'automatikus válasz',
    'házon kívül',
    'r[ăa]spuns automat',
    'αυτόματη απάντηση',
    'εκτός γραφείου',
    'otomatik yan[ıi]t',
    'ofis dışında',
    'përgjigje automatike',
    // Baltic
    'automatinis atsakymas',
    'autom[āa]tisk[āa] atbilde',
    'automaatvastus',
    'automaatne vastus',
    // Russian, Ukrainian, Bulgarian
    'автоответ(?:чик)?',
    'автоматический ответ',
    'вне офиса',
    'автоматична відповідь',
    'автоматичен отговор',
    // Arabic, Hebrew, Persian
    'رد تلقائي',
    'الرد التلقائي',
    'تلقائي:',
    'תשובה אוטומטית',
    'מענה אוטומטי',
    'מחוץ למשרד',
    'پاسخ خودکار',
    // East Asia
    '自动(?:回复|答复)',
    '自動(?:回覆|答覆|返信|応答)',
    '不在(?:通知|のお知らせ|連絡)',
    '外出中',
    '자동 ?(?:회신|응답)',
    '부재 ?중',
    'trả lời tự động',
    'ตอบกลับอัตโนมัติ',
    'การตอบกลับอัตโนมัติ',
    '(?:balasan|jawaban) otomatis',
    'balasan automatik',
  ].join('|')})`,
  'iu',
)

/** How other desks acknowledge. Two desks that answer these answer each other for ever; a person who writes so still gets an agent. */
export const acknowledgementSubject =
  /^\W{0,3}(?:re:\s{0,3})?(?:\[[^\]]{1,40}\]\s{0,2})?(?:(?:we.ve|we have) received your (?:request|message|e-?mail|inquiry|enquiry|ticket)|your (?:request|ticket|case|inquiry|enquiry|support request) (?:#?\S{1,20} )?(?:has been|was|is) (?:received|created|opened|registered|logged)|(?:support )?(?:request|ticket|case) (?:received|created|opened)\s{0,2}(?:$|[-–:#[(.!])|(?:ticket|case|request) (?:id )?[#[]?\S{1,20}\]? (?:has been )?(?:received|created|opened)\b|thank you for (?:contacting|your (?:e-?mail|message|request|inquiry|enquiry))|acknowledge?ment of (?:your|receipt)|(?:ihre|deine) (?:anfrage|nachricht|e-?mail) (?:ist eingegangen|wurde (?:empfangen|registriert))|(?:eingangs|empfangs)bestätigung|accusé de réception|nous avons (?:bien )?reçu votre|hemos recibido su|acuse de recibo|abbiamo ricevuto la (?:tua|sua|vostra)|recebemos (?:a sua|o seu|sua|seu)|wij hebben uw (?:e-?mail|bericht|vraag)|ontvangstbevestiging|ваш(?:е|а) (?:обращение|заявка) (?:принят|зарегистрирован))/iu
