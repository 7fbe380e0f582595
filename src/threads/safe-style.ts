/** Which declarations of CSS a mail may bring: in `style` attributes and in its style sheets. */

const length = /^-?\d{1,4}(\.\d{1,4})?(px|pt|em|rem|ex|ch|%|cm|mm|in|pc)?$/i
const lengths =
  /^(-?\d{1,4}(\.\d{1,4})?(px|pt|em|rem|ex|ch|%|cm|mm|in|pc)?|auto)(\s+(-?\d{1,4}(\.\d{1,4})?(px|pt|em|rem|ex|ch|%|cm|mm|in|pc)?|auto)){0,3}$/i
const color = /^(#[0-9a-f]{3,8}|[a-z]{3,30}|(rgb|hsl)a?\([\d\s.,%/]{1,40}\))$/i
const border = /^[\w\s#.,%()-]{1,80}$/i
const word = /^[a-z-]{1,30}$/i

/** No url(), no position, no expression: each property has the values it may take. Names outside are dropped. */
const mailStyles: Record<string, RegExp[]> = {
  color: [color],
  'background-color': [color],
  background: [color],
  'font-size': [length, word],
  'font-weight': [/^(\d{3}|[a-z]{4,8})$/i],
  'font-style': [word],
  'font-family': [/^[\w\s"',.-]{1,200}$/],
  font: [/^[\w\s"',.%/-]{1,200}$/],
  'font-variant': [word],
  'line-height': [length, word],
  'letter-spacing': [length, word],
  'text-align': [word],
  'text-decoration': [/^[a-z\s-]{1,40}$/i],
  'text-transform': [word],
  'text-indent': [length],
  'vertical-align': [word, length],
  'white-space': [word],
  'word-break': [word],
  'word-wrap': [word],
  'overflow-wrap': [word],
  direction: [/^(ltr|rtl)$/],
  'unicode-bidi': [/^(embed|isolate|plaintext)$/],
  width: [length, /^auto$/],
  'max-width': [length, /^none$/],
  'min-width': [length],
  height: [length, /^auto$/],
  'max-height': [length, /^none$/],
  'min-height': [length],
  margin: [lengths],
  'margin-top': [lengths],
  'margin-right': [lengths],
  'margin-bottom': [lengths],
  'margin-left': [lengths],
  padding: [lengths],
  'padding-top': [lengths],
  'padding-right': [lengths],
  'padding-bottom': [lengths],
  'padding-left': [lengths],
  border: [border],
  'border-top': [border],
  'border-right': [border],
  'border-bottom': [border],
  'border-left': [border],
  'border-color': [border],
  'border-style': [border],
  'border-width': [border],
  'border-radius': [lengths],
  'border-collapse': [word],
  'border-spacing': [lengths],
  'table-layout': [word],
  'list-style-type': [word],
  'list-style': [/^[a-z\s-]{1,40}$/i],
  display: [/^(block|inline|inline-block|none|table|table-row|table-cell|list-item)$/i],
  float: [/^(left|right|none)$/i],
  clear: [word],
}

/** Only declarations whose property and value stand on the list; a value with a function, an escape or a comment is on none. */
export function safeStyle(style: string): string {
  const kept: string[] = []
  for (const declaration of style.slice(0, 4_000).split(';', 60)) {
    const colon = declaration.indexOf(':')
    if (colon <= 0) continue
    const property = declaration.slice(0, colon).trim().toLowerCase()
    const allowed = Object.hasOwn(mailStyles, property) ? mailStyles[property] : undefined
    if (!allowed) continue
    const value = declaration
      .slice(colon + 1)
      .replace(/!\s*important/i, '')
      .trim()
    if (value.length < 200 && allowed.some((pattern) => pattern.test(value))) kept.push(`${property}:${value}`)
  }
  return kept.join(';')
}
