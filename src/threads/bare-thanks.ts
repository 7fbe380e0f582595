/** Words of thanks, closing formulas and the small talk around them, in the languages our customers write. Lower case, no punctuation. */
const thanks = [
  // en
  'thanks|thank you|thank u|thankyou|thx|thnx|tnx|ty|tysm|cheers|much appreciated|appreciated|i appreciate it|we appreciate it|many thanks',
  // de
  'danke|danke dir|danke ihnen|danke euch|dankeschön|danke schön|danke sehr|dankesehr|vielen dank|herzlichen dank|besten dank|tausend dank|lieben dank|merci',
  // fr
  'merci|merci à vous|merci à toi|merci beaucoup|mille mercis|un grand merci|je vous remercie|je te remercie|nous vous remercions|avec mes remerciements',
  // es, ca
  'gracias|muchas gracias|mil gracias|muchísimas gracias|gràcies|moltes gràcies',
  // it
  'grazie|grazie mille|molte grazie|tante grazie|la ringrazio|ti ringrazio|vi ringrazio',
  // pt
  'obrigado|obrigada|muito obrigado|muito obrigada|brigado|brigada|grato|grata',
  // nl, af
  'bedankt|dankjewel|dank je|dank u|dank je wel|dank u wel|dankuwel|hartelijk dank|hartelijk bedankt|heel erg bedankt|alvast bedankt|dankie',
  // sv, da, no, is
  'tack|tack så mycket|stort tack|tusen tack|tackar|tak|mange tak|tusind tak|takk|takk skal du ha|mange takk|tusen takk|takk fyrir',
  // fi, et
  'kiitos|paljon kiitoksia|kiitoksia|kiitti|suurkiitos|aitäh|tänan|suur tänu',
  // pl, cs, sk, sl, hr, sr
  'dziękuję|dziekuje|dzięki|dzieki|dziękuję bardzo|bardzo dziękuję|dziękujemy|děkuji|dekuji|děkuju|díky|diky|děkujeme|moc děkuji|ďakujem|dakujem|vďaka|hvala|hvala lepa|hvala vam|hvala puno|najlepša hvala|хвала',
  // ru, uk, bg
  'спасибо|большое спасибо|спасибо большое|благодарю|благодарим|дякую|щиро дякую|дуже дякую|благодаря|мерси',
  // hu, ro, el, tr
  'köszönöm|köszi|köszönjük|köszönöm szépen|nagyon köszönöm|mulțumesc|multumesc|mulțumim|mersi|ευχαριστώ|ευχαριστω|ευχαριστούμε|σας ευχαριστώ|teşekkürler|tesekkurler|teşekkür ederim|teşekkür ederiz|çok teşekkürler|çok teşekkür ederim|sağolun|sağ olun',
  // ar, he, fa, hi, id, vi, th
  'شكرا|شكراً|شكرا جزيلا|شكرا لك|شكرا لكم|תודה|תודה רבה|متشکرم|ممنون|ممنونم|धन्यवाद|शुक्रिया|terima kasih|makasih|cảm ơn|cám ơn|xin cảm ơn|ขอบคุณ|ขอบคุณครับ|ขอบคุณค่ะ',
  // ja, zh, ko
  'ありがとう|ありがとうございます|ありがとうございました|感謝します|谢谢|謝謝|谢谢你|謝謝你|谢谢您|謝謝您|多谢|多謝|非常感谢|非常感謝|感谢|感謝|감사합니다|고맙습니다|고마워요|감사드립니다',
]

/** What may stand around the thanks without asking for anything. None of it negates, asks or promises. */
const around = [
  // en
  'very much|so much|a lot|a bunch|a million|again|once again|once more|in advance|indeed|to you|to you all|to you both|all|everyone|team|for your help|for the help|for all your help|for helping|for helping me|for helping us|for your time|for your quick help|for the quick help|for your reply|for the reply|for your quick reply|for the quick reply|for the prompt reply|for your prompt reply|for your response|for the quick response|for the prompt response|for your answer|for the quick answer|for your support|for the support|for your assistance|for the assistance|for the update|for the information|for the info|for letting me know|for letting us know|for your patience|for everything|for that|for this|for getting back to me|for the quick turnaround|for sorting this out|for sorting that|for fixing this|for fixing it|for your understanding',
  'ok|okay|great|perfect|excellent|awesome|wonderful|fantastic|brilliant|super|lovely|cool|nice|good|very good|great job|good job|well done|got it|noted|understood|received|all good|that works|it works|it works now|works now|that worked|it worked|this worked|works perfectly|works like a charm|working now|it is working now|its working now|that helped|that did it|that solved it|that fixed it|solved|fixed|sorted|all sorted|all set|that is all|thats all|you are the best|youre the best|you rock|much better|sent from my iphone|sent from my ipad|sent from my phone|sent from outlook for ios|get outlook for ios|have a nice day|have a great day|have a good day|have a good one|have a nice weekend|have a great weekend|have a good weekend|enjoy your weekend|take care|you too|same to you|no problem|bye|talk soon|we appreciate your help|i appreciate your help',
  // de
  'nochmal|nochmals|noch einmal|im voraus|auch|dir|ihnen|euch|für die hilfe|für ihre hilfe|für deine hilfe|für eure hilfe|für die schnelle hilfe|für ihre schnelle hilfe|für die rückmeldung|für ihre rückmeldung|für die schnelle rückmeldung|für die antwort|für ihre antwort|für die schnelle antwort|für die info|für die information|für die unterstützung|für ihre unterstützung|für alles|für die mühe|für ihre mühe|für die schnelle bearbeitung|sehr gut|gut|alles klar|alles gut|passt|passt so|prima|toll|klasse|wunderbar|bestens|spitze|verstanden|erhalten|erledigt|gelöst|das wars|das war es|es funktioniert|es klappt|funktioniert|funktioniert jetzt|klappt|klappt jetzt|jetzt geht es|jetzt geht alles|geht wieder|geht jetzt|hat geklappt|hat funktioniert|das hat geholfen|schönen tag|schönen tag noch|einen schönen tag|einen schönen tag noch|schönes wochenende|ein schönes wochenende|schönen feierabend|bis bald|von meinem iphone gesendet|gesendet von meinem iphone',
  // fr
  'beaucoup|infiniment|encore|encore une fois|par avance|d avance|bien|pour votre aide|pour ton aide|pour l aide|pour votre réponse|pour ta réponse|pour votre retour|pour le retour|pour votre réactivité|pour l information|pour l info|pour tout|parfait|super|génial|excellent|très bien|c est parfait|c est bon|ça marche|ça fonctionne|c est réglé|c est noté|bien reçu|bonne journée|bonne soirée|bon weekend|bon week end|excellente journée|envoyé de mon iphone',
  // es, it, pt
  'de nuevo|otra vez|por todo|por su ayuda|por tu ayuda|por la ayuda|por su respuesta|por tu respuesta|por la respuesta|por la información|perfecto|genial|excelente|muy bien|vale|de acuerdo|recibido|ya funciona|funciona|solucionado|buen día|un saludo|que tenga un buen día|di nuovo|ancora|di tutto|per l aiuto|per il supporto|per la risposta|per il suo aiuto|per la rapida risposta|per l informazione|perfetto|ottimo|benissimo|va bene|ricevuto|risolto|adesso funziona|ora funziona|buona giornata|buona serata|buon lavoro|pela ajuda|pela sua ajuda|pela resposta|pelo retorno|pela informação|por tudo|perfeito|ótimo|muito bem|recebido|resolvido|já funciona|bom dia|boa tarde|bom fim de semana|mais uma vez|novamente|desde já',
  // nl, sv, da, no, fi
  'alvast|nogmaals|voor de hulp|voor je hulp|voor uw hulp|voor de reactie|voor uw reactie|voor je reactie|voor het antwoord|voor de snelle reactie|voor de informatie|helemaal goed|top|prima|perfect|duidelijk|opgelost|het werkt|het werkt weer|het werkt nu|fijne dag|fijne dag nog|prettige dag|fijn weekend|prettig weekend|så mycket|för hjälpen|för svaret|för snabbt svar|för snabb hjälp|för informationen|det fungerar|det fungerar nu|nu fungerar det|jättebra|bra|toppen|ha en bra dag|trevlig helg|for hjælpen|for svaret|for hjelpen|for hurtigt svar|for rask hjelp|det virker|det virker nu|det fungerer|det fungerer nå|supert|ha en fin dag|god dag|god weekend|god helg|avusta|avustanne|vastauksesta|nopeasta vastauksesta|hienoa|loistavaa|toimii|toimii nyt|hyvää päivänjatkoa|hyvää viikonloppua',
  // pl, cs, ru, uk, hu, ro, tr
  'za pomoc|za szybką pomoc|za odpowiedź|za szybką odpowiedź|za informację|bardzo|raz jeszcze|działa|już działa|super|świetnie|miłego dnia|za odpověď|za rychlou odpověď|za informaci|moc|ještě jednou|funguje|už funguje|hezký den|pěkný den|za odpoveď|pekný deň|za pomoć|na pomoči|очень|ещё раз|еще раз|за помощь|за ответ|за быстрый ответ|за информацию|отлично|всё работает|все работает|работает|хорошо|понял|поняла|хорошего дня|за допомогу|за відповідь|все працює|добре|гарного дня|szépen|nagyon|a segítséget|a választ|a gyors választ|működik|szuper|szép napot|frumos|mult|pentru ajutor|pentru răspuns|funcționează|o zi bună|çok|yardımınız için|cevabınız için|ilginiz için|çalışıyor|iyi günler|πολύ|για τη βοήθεια|τέλεια',
  // id, vi, ja, zh, ko
  'banyak|atas bantuannya|atas responnya|nhiều|rất nhiều|ご対応|ご返信|ご連絡|お返事|本当に|どうも|大変|助かりました|解決しました|了解しました|承知しました|了解です|の|を|いただき|頂き|いただきまして|好的|收到|知道了|没问题了|已解决|非常|您的帮助|你的帮助|的帮助|了|네|정말|대단히|도움 주셔서|답변|해결되었습니다|잘 받았습니다',
]

/** Greetings and closings: a name may follow, and a mail is still nothing but thanks. */
const formulas = [
  'hi|hello|hey|hi there|hello there|dear|good morning|good afternoon|good evening|hallo|liebe|lieber|guten tag|guten morgen|moin|servus|grüezi|sehr geehrte|sehr geehrter|sehr geehrte damen und herren|hallo zusammen|bonjour|bonsoir|salut|cher|chère|madame|monsieur|hola|buenos días|buenas tardes|estimado|estimada|ciao|buongiorno|buonasera|salve|gentile|olá|oi|boa tarde|prezado|prezada|beste|geachte|goedemorgen|goedemiddag|hej|hei|hallå|kære|kjære|moi|dzień dobry|cześć|witam|dobrý den|ahoj|здравствуйте|добрый день|привет|добрий день|вітаю|szia|bună ziua|bună|merhaba|γεια σας',
  'regards|best regards|kind regards|warm regards|many regards|best|best wishes|all the best|sincerely|sincerely yours|yours sincerely|yours|cordially|br|rgds|viele grüße|viele grüsse|viele gruesse|liebe grüße|liebe grüsse|beste grüße|beste grüsse|schöne grüße|freundliche grüße|freundliche grüsse|mit freundlichen grüßen|mit freundlichen grüssen|mit freundlichen gruessen|mit besten grüßen|herzliche grüße|gruß|gruss|grüße|grüsse|vg|lg|mfg|mf g|cordialement|bien cordialement|bien à vous|salutations|meilleures salutations|sincères salutations|saludos|saludos cordiales|un cordial saludo|atentamente|cordiali saluti|distinti saluti|saluti|un saluto|cumprimentos|com os melhores cumprimentos|atenciosamente|abraço|met vriendelijke groet|vriendelijke groet|vriendelijke groeten|groet|groeten|groetjes|mvg|med vänliga hälsningar|vänliga hälsningar|mvh|hälsningar|med venlig hilsen|venlig hilsen|med vennlig hilsen|vennlig hilsen|hilsen|ystävällisin terveisin|terveisin|pozdrawiam|z poważaniem|s pozdravem|с уважением|з повагою|üdvözlettel|cu stimă|saygılarımla|με εκτίμηση|よろしくお願いします|よろしくお願いいたします|宜しくお願いします',
  'mr|mrs|ms|dr|herr|herrn|frau|monsieur|madame|mme|sig|signora|sr|sra|señor|señora|senhor|senhora|pan|pani|dear all|support|support team|the support team|helpdesk|help desk|service desk',
]

const MOST_CHARACTERS = 400
const MOST_WORDS = 60
const MOST_NAMES = 5

type Kind = 'thanks' | 'around' | 'formula'

const phrases = new Map<string, Kind>()
const add = (lists: readonly string[], kind: Kind): void => {
  for (const phrase of lists.flatMap((list) => list.split('|'))) if (!phrases.has(phrase)) phrases.set(phrase, kind)
}
add(thanks, 'thanks')
add(formulas, 'formula')
add(around, 'around')
const longest = Math.max(...[...phrases.keys()].map((phrase) => phrase.split(' ').length))
const unspaced = [...phrases.keys()]
  .filter((phrase) => /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/u.test(phrase))
  .sort((a, b) => b.length - a.length)

interface Word {
  raw: string
  lower: string
  /** A sentence or line begins with it. */
  opens: boolean
  line: number
}

function wordsOf(text: string): Word[] {
  const words: Word[] = []
  text.split('\n').forEach((line, at) => {
    let opens = true
    for (const part of line.split(/\s+/)) {
      // Apostrophes and hyphens join or part words depending on who types: here they part them, except in English's 's.
      const pieces = part.replace(/['’](?=(s|re|m)\b)/giu, '').split(/[^\p{L}\p{M}\p{N}]+/u)
      for (const raw of pieces.filter(Boolean)) {
        words.push({ raw, lower: raw.toLowerCase(), opens, line: at })
        opens = false
      }
      if (/[.!…。！]\p{P}*$/u.test(part)) opens = true
    }
  })
  return words
}

/** Whether a run of a script without spaces is made of known phrases only; the kinds that it holds. */
function readUnspaced(word: string): Kind[] | null {
  const kinds: Kind[] = []
  for (let rest = word; rest; ) {
    const phrase = unspaced.find((one) => rest.startsWith(one))
    if (!phrase) return null
    kinds.push(phrases.get(phrase)!)
    rest = rest.slice(phrase.length)
  }
  return kinds
}

/**
 * Whether a message says thanks and nothing else: greeting, names and closing aside. Give it the new words, without quoted history
 * (`visibleText`). It errs towards false: a question, a number, a link or one unknown word, and somebody has to read it. Pure, linear.
 */
export function isBareThanks(text: string): boolean {
  const plain = text.normalize('NFKC').trim()
  if (plain.length === 0 || plain.length > MOST_CHARACTERS) return false
  if (/[?؟;@]|\p{Nd}|:\/\/|\bwww\./u.test(plain.replace(/[:;]-?[)D]/g, ''))) return false
  const words = wordsOf(plain)
  if (words.length === 0 || words.length > MOST_WORDS) return false

  let thanked = false
  let names = 0
  // A name may follow thanks, a greeting or another name, in the same sentence; and stand alone on a line after the thanks.
  let mayName = false
  for (let at = 0; at < words.length; ) {
    const word = words[at]!
    let taken = 0
    let kinds: Kind[] = []
    for (let length = Math.min(longest, words.length - at); length > 0; length--) {
      const kind = phrases.get(
        words
          .slice(at, at + length)
          .map((one) => one.lower)
          .join(' '),
      )
      if (kind) {
        taken = length
        kinds = [kind]
        break
      }
    }
    if (taken === 0) {
      const read = readUnspaced(word.lower)
      if (read) {
        taken = 1
        kinds = read
      }
    }
    if (taken > 0) {
      if (kinds.includes('thanks')) thanked = true
      mayName = kinds.includes('thanks') || kinds.includes('formula') || (mayName && !word.opens)
      at += taken
      continue
    }
    const isName = /^\p{Lu}/u.test(word.raw) && names < MOST_NAMES
    const line = words.filter((one) => one.line === word.line)
    const signs =
      thanked && line.length <= 3 && line[0] === word && line.every((one) => /^\p{Lu}/u.test(one.raw) && !phrases.has(one.lower))
    if (isName && ((mayName && !word.opens) || signs || (mayName && word.opens && line.length <= 3 && line[0] === word))) {
      names++
      at++
      mayName = true
      continue
    }
    return false
  }
  return thanked
}
