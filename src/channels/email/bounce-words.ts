/** How servers say, in words for people, that a mail was not delivered. Every pattern is tried on a bounded piece of text. */

export const bounceSender =
  /^(mailer[-_.]?daemon|mail[-_.]?daemon|post[-_.]?master|mailer|mdaemon|mail[-_.]?delivery[-_.]?(system|subsystem|service)?|maildelivery|double-bounce|bounce.*|microsoftexchange[0-9a-f]+|mmdf|ksmtpd|mailgateway|virus-?wall.*|courier|administrator)$/i
export const bounceSubject =
  /(undeliver(able|ed)|delivery (status notification|failure|report|problem|error|notification|has failed)|mail (delivery|could not be delivered|system error|failure)|failed (mail|delivery|to deliver)|failure notice|returned (mail|to sender)|delivery failed|message delivery|non[- ]?delivery|unzustellbar|nicht zugestellt|zustellung|unable to deliver|undelivered mail|mail status report|mailer-daemon|could not send message|message (status|undeliverable|returned)|bounced|nondeliverable|non remis|échec de la remise|não (foi )?entregue|no se ha podido entregar|impossibile (da )?recapitare|mancata consegna|onbestelbaar|配信|エラー|送信(できません|エラー)|宛先不明|user unknown|mail delivery|can.?t be delivered|notification d.état|warning: (message|could not)|dsn:|system error|non recapitabile|no se puede entregar|no entregad[oa]|kan inte levereras|kunne ikke leveres|kan ikke leveres|ei voitu toimittaa|niedostarcz|nedoručiteln|nedoručen|kézbesíthetetlen|недоставлен|не доставлен|teslim edilemedi|无法(送达|投递|传递)|退信|退件|未送達|反送|returned to you|mail returned|blocked by|not delivered|could not be delivered|report to sender|failure report|delayed mail|mail delayed|delivery delayed)/iu
export const bounceBody =
  /(could not be (delivered|sent)|couldn.t be delivered|created automatically by (the )?mail delivery software|error has occurred while attempting to deliver|had (permanent fatal |permanent |delivery )+(errors|problems)|message was undelivered|was not delivered|wasn.t delivered|undeliverable|permanent (fatal )?error|fatal errors|delivery (to the following|has failed|failed)|did not reach the following|failed permanently|user unknown|unknown user|no such user|unable to deliver|not be delivered|mailbox (is )?(full|unavailable)|returned (to you|to sender|below)|recipient.{0,40}(rejected|unknown|not found)|message you sent|550[ -]|554[ -]|reason for failure|unzustellbar|not listed in|invalid recipient|delivery attempts|does not exist|adresse.{0,30}(inconnue|unbekannt)|not been delivered|delivery (problems|attempt)|(echec|échec) de la remise|nicht zugestellt|nachrichtenzustellung|error de entrega|no se pudo entregar|kan bericht niet bezorgen|niet (worden )?bezorgd|recapito non riuscito|non (è stato|e' stato) (possibile )?(recapitat|consegnat)|falha na entrega|não (foi|pôde ser) entregue|leveransen misslyckades|levering mislykkedes|leveringen mislyktes|toimitus epäonnistui|nie (powiodło|została dostarczona)|не (удалось доставить|может быть (отправлено|доставлено)|доставлено)|配信できませんでした|送信できませんでした|宛先が見つかりません|无法(送达|投递)|退回|undelivered|failed address|failure reasons|may not exist)/iu

const originalBegins =
  /^[ \t>]*(-{2,}.{0,60}(copy of (your|the) message|original message|returned message|message (header|follows|text follows)|below this line|unsent message|this is a copy|enclosed is).*|-{3,}.{0,120}message.{0,120}-{3,}.*|received: (from|by).*|return-path: .*|message-id: .*|the (original )?message (headers?|was|follows).*:?|.*(message|headers?) (below|follows?)\.?:?)$/im

/** The report's own words, without the mail it returns. */
export function cutOriginal(text: string): string {
  const match = originalBegins.exec(text)
  return match && match.index > 40 ? text.slice(0, match.index) : text
}

/** Words → the status they stand for (RFC 3463, RFC 5248), the more telling ones first. */
const wordsOf: [status: string, words: RegExp][] = [
  [
    '5.2.2',
    /\b((mail ?box|mail ?file|inbox|mail drop|account|user|recipient)('s)? [^.\n]{0,40}(is |was |size )?(full|exceeded|over (its |the )?(quota|limit))|full mailbox|mailbox (is |size )?(full|exceeded)|over ?quota|quota (limit )?(is |has been |was )?exceeded|exceed(ed|s|ing)? [^.\n]{0,30}(storage|quota)|disk (quota|full)|not enough (disk |storage )?space|insufficient (disk |system )?(space|storage)|(postfach|mailbox|konto) (ist )?(voll|vol)|(bo[iî]te|messagerie) [^.\n]{0,30}pleine|(buz[oó]n|casilla) [^.\n]{0,30}llen[oa]|casella [^.\n]{0,30}piena|caixa [^.\n]{0,30}cheia|ящик [^.\n]{0,30}переполнен)/iu,
  ],
  [
    '5.1.1',
    /(\b(user unknown|unknown user|unknown x\.?400|no such (user|mailbox|recipient|address|account|person)|unknown (recipient|address|account|mailbox|local.?part)|(user|account|mailbox|recipient|address|adresse|e-?mail)[^.\n]{0,60}(not found|not exist|does(n.t| not) exist|unknown|not known|is(n.t| not) valid|not recogni[sz]ed|unbekannt|inconnue|desconocid|sconosciut|could(n.t| not) be found|possibly incorrect)|(invalid|bad|non-?existent|incorrect) (recipient|mailbox|address|user)|not (listed|found) in|no mailbox|isn.t a (known|valid)|no longer (exists|valid|with|works)|name is not recognized|empf(ä|ae)nger (ist )?unbekannt|n'existe pas|no existe|non esiste|não existe|bestaat niet|finns inte|nie istnieje|не существует|нет такого))/iu,
  ],
  [
    '5.2.1',
    /\b((mailbox|account|user|recipient|address)[^.\n]{0,40}(disabled|suspended|deactivated|inactive|locked|blocked|closed|not active|not accepting)|(disabled|suspended|inactive) (mailbox|account|user))\b/i,
  ],
  [
    '5.1.2',
    /\b(host (or domain name )?(unknown|not found)|unknown (host|domain)|(host|domain)( name)?[^.\n]{0,30}(not found|does not exist|could(n.t| not) be found|is not valid|unknown)|name service error|no such (domain|host)|unrouteable|unroutable|any host named|bad (destination )?(host|system)|null mx)\b/i,
  ],
  [
    '5.3.4',
    /\b(too (large|big)|size limit|exceed(s|ed)? (the )?(maximum|fixed|size|message)|message (size|length) (exceed|limit|is)|larger than)\b/i,
  ],
  [
    '5.4.6',
    /\b(mail (routing )?loop|loop(s)? back|routing loop|too many hops|hop count|maximum allowed times|mail forwarding loop)\b/i,
  ],
  ['5.7.1', /\b(relay(ing)? (access )?(denied|not (permitted|allowed)|prohibited)|unable to relay)\b/i],
  [
    '4.4.7',
    /\b(timed? ?out|too long|expired|retry (time|timeout)|giving up|could(n.t| not) (connect|be reached)|connection refused|no route to host)\b/i,
  ],
  [
    '5.7.1',
    /\b(spam|bulk email filter|black ?list(ed)?|block ?list|policy|virus|malware|banned|content (filter|rejected)|access denied|not authori[sz]ed|message rejected|rejected (by|due)|permission to post|not a member)\b/i,
  ],
]

/** For a report that names no enhanced status: that of its words, else the class of a bare reply code. */
export function statusOfWords(text: string): string | null {
  for (const [status, words] of wordsOf) if (words.test(text)) return status
  const code = /(?:^|[\s(:>])([45])\d{2}(?=[\s-])/m.exec(text)
  return code ? `${code[1]}.0.0` : null
}

export function isDelay(text: string): boolean {
  return /\b(has been delayed|is delayed|not (yet )?been delivered (yet|after)|will (keep|continue) (trying|to try)|will be (retried|tried again)|could not be delivered (for|within) the last|this is a warning message only|do(es)? not need to resend)\b/i.test(
    text,
  )
}

/** Plain enough to tell a report even when the subject says nothing. */
export function saysUndelivered(text: string): boolean {
  return /\b(could not be delivered|couldn.t be delivered|cannot be delivered|was(n.t| not) delivered|unable to deliver|undeliverable|user unknown|mailbox (is )?full|delivery (has )?failed|not been delivered)\b/i.test(
    text,
  )
}

/** The words of list managers (fml, Mailman, Majordomo, ezmlm, Sympa) that do not take a mail. */
export function isRejectedByList(text: string): boolean {
  return /\b(are not (a )?(list )?member|not (a |on the )?(member|subscrib(er|ed))|members only|post(ing)?s?( to| by)?[^.\n]{0,60}(rejected|not allowed|refused)|mailing[- ]?list was rejected|message (was|has been) (rejected|refused|discarded)|auto-?discard notification|is restricted|loop(ed)? ?(alert|back)|article is ignored|ignored (ml|not member))\b/i.test(
    text,
  )
}
