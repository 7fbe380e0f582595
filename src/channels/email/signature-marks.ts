/** How people close a mail, and what their programs and providers add below it. Every pattern is tried on one bounded line. */

/** The signature separator (RFC 3676 section 4.3), with or without its space, and the long rules that mailing lists and some programs draw. */
export function isSignatureStart(line: string): boolean {
  return /^\s{0,3}(--|—|––|__)\s*$/.test(line) || /^_{20,}\s*$/.test(line)
}

const closing =
  /^(?:(?:with |many )?(?:(?:best|kind|kindest|warm|warmest)(?: and warmest)? )?(?:regards|wishes)|best|sincerely(?: yours)?|yours (?:sincerely|faithfully|truly)|mit (?:freundlichen|besten|vielen|herzlichen) grü(?:ß|ss)en|(?:freundliche|viele|beste|herzliche|liebe) grü(?:ß|ss)e|mfg|bien cordialement|cordialement|(?:très )?cordiales salutations|un cordial saludo|saludos(?: cordiales)?|atentamente|cordiali saluti|distinti saluti|atenciosamente|com os melhores cumprimentos|met vriendelijke groet(?:en)?|med vänlig(?:a)? hälsning(?:ar)?|med venlig hilsen|vennlig hilsen|ystävällisin terveisin|z poważaniem|pozdrawiam|s pozdravem|с уважением)[,.!]?$/iu

/** "Kind regards," and its kin: only with a block of name, title and telephone below does it begin a signature. */
export function isClosing(line: string): boolean {
  const text = line.trim()
  return text.length < 60 && closing.test(text)
}

// "Get Outlook for iOS" in the languages of the app: a verb before or behind, and nothing else.
const getTheApp =
  /^(?:(?:get|download|téléchargez|télécharger|obtenir|obtenez|obtener|obtenga|descargar?|obter|obtenha|baixar|baixe|ottieni|scarica|hämta|skaffa|hent|få|hanki|lataa|pobierz(?: aplikację)?|uzyskaj|stáhnout|získat|stiahnuť|získať|скачать|получить|установить|завантажити|отримати|изтеглете|holen sie sich|hol dir|download|descărca(?:ți|re)|obțineți|preuzmi(?:te)?|nabavite|pridobite|dapatkan|tải|λήψη|atsisiųsti|lejupielādēt|hankige|obteniu) (?:l.application |de |o |a )?(?:outlook|yahoo mail|gmail|proton mail|spark|edison mail) .{1,14}(?:ios|android)|(?:outlook|yahoo mail) .{1,10}(?:ios|android)(?:(?:.?a|.?hoz|.?re)? (?:beziehen|herunterladen|laden|downloaden|ophalen|letöltése|edinin|indir(?:in)?|を(?:ダウンロード|入手).{0,6}|다운로드.{0,6}|다운로드|获取|下載)))[.]?$/iu

const sentFrom =
  /^\W{0,3}(?:(?:sent|get|download) (?:from|via|with|using|by) (?:my |the |an? )?(?:iphone|ipad|ipod|mobile|phone|android|samsung|galaxy|blackberry|windows|outlook|yahoo|gmail|mail|nokia|htc|huawei|xiaomi|lg|sony|tablet|mailbird|proton|aol|verizon|t-mobile|sparrow|airmail|spark|mailspring|thunderbird|surface|nine|bluemail|tutanota|mobile device|smartphone|zoho|fairphone|pixel|oneplus|motorola)\b.{0,120}|get outlook for (?:ios|android)\b.{0,80}|von meinem .{0,60} gesendet\b.{0,60}|gesendet (?:von|mit|aus) .{0,80}|envoyé (?:de mon|depuis|à partir de|avec|de) .{0,80}|enviado (?:desde|do meu|a partir do|con|do|via) .{0,80}|inviato (?:da|dal|con|via|tramite) .{0,80}|verzonden (?:vanaf|vanuit|met) .{0,80}|verstuurd vanaf .{0,80}|skickat från .{0,80}|sendt fra .{0,80}|lähetetty .{1,60}|wysłane z .{0,80}|odesláno z .{0,80}|отправлено (?:с|из|от) .{0,80}|发自我的.{0,40}|從我的.{0,30}傳送|iphoneから送信|私の.{0,20}から送信|나의 .{0,30}에서 보냄|được gửi từ .{0,60}|trimis de pe .{0,60}|[ée]nviat des .{0,60}|iphone'umdan gönderildi|нет вирусов.{0,60}|надіслано (?:з|із) .{0,60}|küldve .{1,60}(?:ról|ről)\.?|elküldve .{1,60}(?:ról|ről)\.?|στάλθηκε από .{0,60}|.{0,20}(?:iphone|ipad|telefon|cihaz)[’'].{2,8} gönderildi\.?|נשלח מ.{0,60}|أ[ُ]?رسلت من .{0,60}|تم الإرسال من .{0,60}|poslano (?:z|iz|s) (?:moj|iphone|ipad|telefon|mobil|android|samsung).{0,60}|poslané z .{0,60}|dikirim dari .{0,60}|gửi từ .{0,60}|ส่งจาก .{0,60}|saadetud minu .{0,60}|išsiųsta iš .{0,60}|nosūtīts no .{0,60}|изпратено от .{0,60}|ενημερώθηκε από .{0,60})\s*$/iu

/** "Sent from my phone", in the words of the programs that add it by themselves. */
export function isSentFrom(line: string): boolean {
  const text = line.trim()
  return text.length < 200 && (sentFrom.test(bare(text)) || getTheApp.test(bare(text)))
}

const advertisement =
  /^\W{0,3}(?:sent (?:from|via|with|by|using|on) .{2,90}|(?:someone )?from (?:my )?(?:mobile|iphone|ipad|android|phone|blackberry).{0,30}|get \[?outlook for .{2,90}|(?:diese|die|dieses) (?:nachricht|mail|e-mail|mobile) .{0,60}gesendet.{0,20}|.{0,40}(?:gesendet|enviado|envoyé|inviato|verzonden|verstuurd|skickat|sendt|wysłane|odesláno|отправлено) (?:von|mit|aus|desde|do|de|depuis|da|dal|con|vanaf|met|från|fra|z|с|из) .{2,80}|this (?:e-?mail|message) (?:has been|was) (?:checked|scanned|sent).{0,80}|virus-free\.? .{0,60})$/iu

/** A line that a program or a provider adds; ordinary people's sentences can begin alike, so it only counts at the very end. */
export function isAdvertisement(line: string): boolean {
  const text = line.trim()
  return text.length < 140 && advertisement.test(text)
}

const bare = (text: string): string => text.replace(/^[[(<]+|[\])]+$/g, '')
