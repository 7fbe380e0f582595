import { useState } from 'react'
import { useT } from '#i18n/react.tsx'
import type { DiffLine } from '#templates/line-diff.ts'
import type { TemplateKey } from '#templates/mail-templates.ts'
import { unknownNames } from '#templates/unknown-names.ts'
import { Button } from '../../ui/button.tsx'
import { classNames } from '../../ui/class-names.ts'
import { TextField } from '../../ui/field.tsx'
import { Form, type FormAnswer } from '../../ui/form.tsx'
import { Moment } from '../../ui/moment.tsx'
import { Notice } from '../../ui/notice.tsx'
import { FormActions, Section, Stack } from '../../ui/page.tsx'
import { NameArea } from './name-area.tsx'

interface Edited {
  key: TemplateKey
  locale: string
  department: number | null
  subject: string
  body: string
  variables: string[]
  changedAt: string | null
  changedBy: string | null
  diff: { subject: string | null; lines: DiffLine[] } | null
}

type Answer =
  | FormAnswer
  | {
      sentTo: string | null
      preview: { number: string | null; subject: string; text: string; html: string } | null
      values: Record<string, string>
    }

/** Subject and body with the names they may use, what they read like, and what was changed. Works without script, too. */
export function TemplateEditor({ edit, answer }: { edit: Edited; answer: Answer | undefined }) {
  const t = useT()
  const shown = answer && 'preview' in answer ? answer : null
  const [subject, setSubject] = useState(String(answer?.values?.subject ?? edit.subject))
  const [body, setBody] = useState(String(answer?.values?.body ?? edit.body))
  const wrong = [
    ...unknownNames(subject, edit.variables).map((one) => t('admin.templates.unknownSubject', { name: one.name })),
    ...unknownNames(body, edit.variables).map((one) => t('admin.templates.unknown', one)),
  ]
  return (
    <>
      {shown?.sentTo ? (
        <Notice tone="success" live className="mb-5" title={t('admin.templates.sent', { address: shown.sentTo })} />
      ) : null}
      <Form answer={answer}>
        <input type="hidden" name="key" value={edit.key} />
        <input type="hidden" name="locale" value={edit.locale} />
        <input type="hidden" name="department" value={edit.department ?? ''} />
        <Stack>
          <NameArea
            name="subject"
            label={t('admin.templates.subject')}
            value={subject}
            onChange={setSubject}
            names={edit.variables}
            maxLength={250}
            singleLine
          />
          <NameArea
            name="body"
            label={t('admin.templates.body')}
            hint={t('admin.templates.bodyHint', { braces: '{{' })}
            value={body}
            onChange={setBody}
            names={edit.variables}
            maxLength={50_000}
          />
          <div role="status" className="text-small text-warning-ink empty:hidden">
            {wrong.length > 0 ? (
              <ul>
                {[...new Set(wrong)].map((text) => (
                  <li key={text}>{text}</li>
                ))}
              </ul>
            ) : null}
          </div>
          <div>
            <h2 className="mb-1 font-medium">{t('admin.templates.variables')}</h2>
            <ul className="flex flex-wrap gap-1">
              {edit.variables.map((name) => (
                <li key={name}>
                  <code className="rounded-small bg-sunken px-1 font-mono text-small">{`{{ ${name} }}`}</code>
                </li>
              ))}
            </ul>
          </div>
          <TextField
            name="ticket"
            label={t('admin.templates.ticket')}
            hint={t('admin.templates.ticketHint')}
            className="max-w-56"
          />
        </Stack>
        <FormActions>
          <Button type="submit" variant="primary" name="act" value="save">
            {t('admin.templates.save')}
          </Button>
          <Button type="submit" name="act" value="preview">
            {t('admin.templates.preview')}
          </Button>
          <Button type="submit" name="act" value="test">
            {t('admin.templates.test')}
          </Button>
          {edit.diff ? (
            <Button type="submit" variant="quiet" name="act" value="reset">
              {edit.department === null ? t('admin.templates.reset') : t('admin.templates.resetDepartment')}
            </Button>
          ) : null}
        </FormActions>
      </Form>
      {shown?.preview ? (
        <div className="mt-8">
          <Section
            title={
              shown.preview.number
                ? t('admin.templates.previewOf', { number: shown.preview.number })
                : t('admin.templates.previewSample')
            }
            stacked
          >
            <p className="mb-2 font-medium">{shown.preview.subject}</p>
            <iframe
              title={t('admin.templates.preview')}
              srcDoc={shown.preview.html}
              sandbox=""
              className="h-80 w-full rounded-base border border-line bg-[#fff]"
            />
            <pre className="wrap-anywhere mt-3 whitespace-pre-wrap rounded-base bg-sunken p-3 font-mono text-small">
              {shown.preview.text}
            </pre>
          </Section>
        </div>
      ) : null}
      {edit.diff ? <Changes edit={edit} diff={edit.diff} /> : null}
    </>
  )
}

const signs = { same: ' ', gone: '−', new: '+' } as const

function Changes({ edit, diff }: { edit: Edited; diff: NonNullable<Edited['diff']> }) {
  const t = useT()
  return (
    <div className="mt-8">
      <Section title={t('admin.templates.changes')} stacked>
        {edit.changedAt ? (
          <p className="mb-2 text-ink-muted">
            {edit.changedBy ? t('admin.templates.changedBy', { name: edit.changedBy }) : null} <Moment at={edit.changedAt} />
          </p>
        ) : null}
        {diff.subject === null ? null : <p className="mb-2">{t('admin.templates.subjectWas', { subject: diff.subject })}</p>}
        <pre className="overflow-x-auto rounded-base border border-line bg-surface p-2 font-mono text-small" tabIndex={-1}>
          {diff.lines.map((line, at) => (
            <span
              // biome-ignore lint/suspicious/noArrayIndexKey: lines stand in a fixed order
              key={at}
              className={classNames(
                'wrap-anywhere block whitespace-pre-wrap',
                line.kind === 'gone' && 'bg-danger-tint text-danger-ink',
                line.kind === 'new' && 'bg-success-tint text-success-ink',
              )}
            >
              {line.kind === 'same' ? null : <span className="sr-only">{t(`admin.templates.${line.kind}`)}: </span>}
              <span aria-hidden="true">{signs[line.kind]} </span>
              {line.text}
            </span>
          ))}
        </pre>
      </Section>
    </div>
  )
}
