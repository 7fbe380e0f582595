/** Names of charsets as mail programs write them → those that TextDecoder knows (the WHATWG Encoding Standard). */

const aliases = new Map<string, string>(
  Object.entries({
    cp1252: 'windows-1252',
    'cp-1252': 'windows-1252',
    ansi: 'windows-1252',
    'iso-8859-8-e': 'iso-8859-8',
    cp932: 'shift_jis',
    ms932: 'shift_jis',
    cp936: 'gbk',
    ms936: 'gbk',
    'iso-gb2312': 'gbk',
    'gb2312-80': 'gbk',
    cp949: 'euc-kr',
    ks_c_5601: 'euc-kr',
    uhc: 'euc-kr',
    cp950: 'big5',
    big5hkscs: 'big5',
    cp1250: 'windows-1250',
    cp1251: 'windows-1251',
    cp1253: 'windows-1253',
    cp1254: 'windows-1254',
    cp1255: 'windows-1255',
    cp1256: 'windows-1256',
    cp1257: 'windows-1257',
    cp1258: 'windows-1258',
    utf8mb4: 'utf-8',
    'utf-8n': 'utf-8',
    'us-ascii-8bit': 'utf-8',
    ascii: 'us-ascii',
    '646': 'us-ascii',
    'koi8-ru': 'koi8-u',
    'iso-2022-jp-1': 'iso-2022-jp',
    'iso-2022-jp-2': 'iso-2022-jp',
    'iso-2022-jp-ms': 'iso-2022-jp',
    'x-mac-roman': 'macintosh',
    'iso8859-1': 'windows-1252',
    'iso-latin-1': 'windows-1252',
    tis620: 'windows-874',
  }),
)

/** The standard name; unknown ones come back in lower case. */
export function charsetName(declared: string): string {
  const label = declared
    .trim()
    .toLowerCase()
    .replace(/^["']|["']$/g, '')
    .replace(/\*.*$/, '')
  const known = aliases.get(label)
  if (known) return known
  const windows = /^(?:x-)?(?:windows|win|cp|ms|ibm)[-_ ]{0,2}(125[0-8]|874)$/.exec(label)
  if (windows) return `windows-${windows[1]}`
  const dos = /^(?:x-)?(?:cp|ibm|dos|pc|oem)[-_ ]{0,2}0?(437|850|858|852|866)$/.exec(label)
  if (dos) return dos[1] === '866' ? 'ibm866' : dos[1] === '858' ? 'cp850' : `cp${dos[1]}`
  const iso = /^(?:x-)?iso[-_ ]?8859[-_ ]?(\d{1,2})(?:[-_:][a-z\d]{1,4})?$/.exec(label)
  if (iso) return iso[1] === '1' ? 'windows-1252' : `iso-8859-${iso[1]}`
  const latin = /^(?:x-)?(?:iso[-_ ]?)?latin[-_ ]?([1-9])$/.exec(label)
  if (latin) return `latin${latin[1]}`
  if (/^(?:x-)?utf[-_ ]?8(?:[-_].{1,20})?$/.test(label)) return 'utf-8'
  return label
}

/** The upper halves of the code pages of DOS, which no browser knows and old programs still write. */
export const dosCodepages: Record<string, string> = {
  cp437:
    'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0',
  cp850:
    'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0',
  cp852:
    'ÇüéâäůćçłëŐőîŹÄĆÉĹĺôöĽľŚśÖÜŤťŁ×čáíóúĄąŽžĘę¬źČş«»░▒▓│┤ÁÂĚŞ╣║╗╝Żż┐└┴┬├─┼Ăă╚╔╩╦╠═╬¤đĐĎËďŇÍÎě┘┌█▄ŢŮ▀ÓßÔŃńňŠšŔÚŕŰýÝţ´\u00ad˝˛ˇ˘§÷¸°¨˙űŘř■\u00a0',
}
