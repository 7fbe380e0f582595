import { Liquid, type Template } from 'liquidjs'
import { cached, defineCached } from '#core/cache.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import { htmlToText } from '#core/html-to-text.ts'
import { readSettings } from '#settings/settings.ts'
import { type MailTemplate, shippedTemplates, type TemplateKey, templateInfo } from './mail-templates.ts'

/**
 * LiquidJS with everything escaped, own properties only, and limits on what a template may cost, so that one typed by an
 * administrator can neither read beyond its variables nor hold the desk up.
 */
export const liquid = new Liquid({
  outputEscape: 'escape',
  ownPropertyOnly: true,
  strictVariables: false,
  cache: false,
  parseLimit: 100_000,
  renderLimit: 1_000,
  memoryLimit: 2_000_000,
  templates: {},
})

const MAX_COMPILED = 200

/** Own versions by department (0 for the desk's), key and language, and their compiled form. */
export const templatesCache = defineCached<{ own: Map<string, MailTemplate>; compiled: Map<string, Template[]> }>(
  'mail templates',
  async (ctx) => {
    const rows = await ctx.db.selectFrom('mail_template').selectAll().execute()
    return {
      own: new Map(rows.map((row) => [ownKey(row.department_id, row.key, row.locale), { subject: row.subject, body: row.body }])),
      compiled: new Map(),
    }
  },
)

const ownKey = (department: number | null, key: string, locale: string): string => `${department ?? 0}:${key}:${locale}`

/**
 * The template in force: in the person's language, else the desk's, else English; in each the department's own words come before the
 * desk's own, and those before the shipped ones.
 */
export async function templateFor(
  ctx: Context,
  key: TemplateKey,
  locale: string,
  department: number | null = null,
): Promise<MailTemplate> {
  const { own } = await cached(ctx, templatesCache)
  const deskLocale = (await readSettings(ctx))['desk.locale']
  for (const wanted of [locale, deskLocale, 'en']) {
    const language = wanted.split('-')[0]!
    for (const of of department === null ? [null] : [department, null]) {
      const found = own.get(ownKey(of, key, wanted)) ?? own.get(ownKey(of, key, language))
      if (found) return found
    }
    const shipped = shippedTemplates[language]?.[key]
    if (shipped) return shipped
  }
  return shippedTemplates.en![key]
}

export type TemplateVariables = Record<string, unknown>

export interface RenderedMail {
  subject: string
  html: string
  text: string
}

const STYLE = `body{font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;color:#1c2430}a{color:#0b6e6e}blockquote{margin:0 0 0 4px;padding-left:12px;border-left:3px solid #d5dbe1;color:#44505c}.button{display:inline-block;padding:9px 16px;border-radius:6px;background:#0b6e6e;color:#fff;text-decoration:none}.signature{color:#5a6673}.quoted{margin-top:24px;color:#44505c}`

/** Subject, HTML and text of a mail. A template that fails to render falls back to the shipped one, so that no mail is lost to a typo. */
export async function renderMail(
  ctx: Context,
  key: TemplateKey,
  locale: string,
  variables: TemplateVariables,
  /** Whose words: the department's where it has some, else the desk's. */
  of: { department?: number | null } = {},
): Promise<RenderedMail> {
  const template = await templateFor(ctx, key, locale, of.department ?? null)
  const { compiled } = await cached(ctx, templatesCache)
  const values = valuesOf(key, variables)
  try {
    return renderTemplate(template, values, locale, compiled)
  } catch (error) {
    ctx.log.error({ template: key, locale, err: error }, 'a mail template failed, the shipped one was used')
    return renderTemplate(shippedTemplates.en![key], values, 'en', compiled)
  }
}

/** Only the values that a mail has by its list: a text that names another one, however it was stored, gets nothing. Pure. */
export function valuesOf(key: TemplateKey, variables: TemplateVariables): TemplateVariables {
  const values: Record<string, unknown> = {}
  for (const name of templateInfo[key].variables) {
    const [root, leaf] = name.split('.') as [string, string?]
    const given = variables[root]
    if (leaf === undefined) values[root] = given
    else if (typeof given === 'object' && given !== null)
      values[root] = { ...(values[root] as object), [leaf]: (given as Record<string, unknown>)[leaf] }
  }
  return values
}

/** Pure: the same for the editor's preview. Errors: Invalid at /subject or /body with Liquid's own sentence. */
export function renderTemplate(
  template: MailTemplate,
  variables: TemplateVariables,
  locale: string,
  compiled: Map<string, Template[]> = new Map(),
): RenderedMail {
  const render = (source: string, pointer: string): string => {
    try {
      let parsed = compiled.get(source)
      if (!parsed) {
        parsed = liquid.parse(source)
        if (compiled.size < MAX_COMPILED) compiled.set(source, parsed)
      }
      return liquid.renderSync(parsed, variables) as string
    } catch (error) {
      throw new AppError('invalid', 'invalid', {
        problems: [{ pointer, key: 'template', params: { problem: (error as Error).message.split('\n')[0]! } }],
        cause: error,
      })
    }
  }
  const subject = asText(render(template.subject, '/subject')).replace(/\s+/g, ' ').trim().slice(0, 250)
  const body = render(template.body, '/body')
  return {
    subject,
    html: `<!doctype html><html lang="${locale.replace(/[^A-Za-z-]/g, '')}"><head><meta charset="utf-8"><style>${STYLE}</style></head><body>${body}</body></html>`,
    text: htmlToText(spellLinks(body)),
  }
}

/** In the text part a link is its address: a reader of plain text must be able to follow it too. */
const spellLinks = (html: string): string =>
  html.replace(/<a\b[^>]*\bhref="(https?:[^"]*)"[^>]*>([\s\S]*?)<\/a>/gi, (whole, href: string, label: string) =>
    label.includes(href) ? whole : whole.includes('class="button"') ? `${label}: ${href}` : `${label} (${href})`,
  )

/** A subject is text, not HTML: what outputEscape made of it is undone. */
const asText = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#34;', '"')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')

/** Plain text as the HTML of a mail: escaped, with its line breaks. */
export const textAsHtml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .split(/\n{2,}/)
    .map((paragraph) => `<p>${paragraph.replaceAll('\n', '<br>')}</p>`)
    .join('')
