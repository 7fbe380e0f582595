import { Link, redirect } from 'react-router'
import { z } from 'zod'
import { useT } from '#i18n/react.tsx'
import { publicHelpTopics } from '#routing/help-topics.ts'
import { readSettings } from '#settings/settings.ts'
import { AskInput, askByPortal, GuestAskInput } from '#tickets/ask-by-portal.ts'
import { ctxOf, pageOf } from '../../context.ts'
import { answerForm } from '../../forms.ts'
import { incomingFiles, UPLOAD_TOTAL } from '../../incoming-files.ts'
import { Button } from '../../ui/button.tsx'
import { FileField, SelectField, TextAreaField, TextField } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { Notice } from '../../ui/notice.tsx'
import { FormActions, Page, Stack } from '../../ui/page.tsx'
import type { Route } from './+types/open.ts'
import { sentPath } from './sent-path.ts'

export const handle = { script: false }
export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title }]

export async function loader({ context }: Route.LoaderArgs) {
  const ctx = ctxOf(context)
  const settings = await readSettings(ctx)
  const topics = await publicHelpTopics(ctx)
  const signedIn = ctx.actor.kind === 'user'
  return {
    title: pageOf(context).t('portal.open.title'),
    you: signedIn ? { name: ctx.actor.name, address: ctx.actor.address ?? '' } : null,
    mayAsk: signedIn || settings['portal.guestsMayAsk'],
    topics: topics.map((topic) => ({ value: String(topic.id), label: topic.name })),
    topic: String((topics.find((topic) => topic.isDefault) ?? topics[0])?.id ?? ''),
    uploadBytes: ctx.site.limits.fileBytes + UPLOAD_TOTAL,
    megabytes: Math.floor(ctx.site.limits.fileBytes / 1_048_576),
  }
}

/** The last field is seen by programs only: people leave it empty. */
const website = z.string().max(1000).default('')
const Input = AskInput.extend({ website })
const GuestInput = GuestAskInput.extend({ website })

export async function action(args: Route.ActionArgs) {
  const { actor, site } = ctxOf(args.context)
  return answerForm(
    args,
    actor.kind === 'user' ? Input : GuestInput,
    async (ctx, { website, ...input }, form) => {
      if (website) return redirect('/')
      const asked = await askByPortal(ctx, input, await incomingFiles(form.files('attachments')), form.submission)
      return redirect(sentPath(ctx, asked))
    },
    { maxBytes: site.limits.fileBytes + UPLOAD_TOTAL },
  )
}

export default function Open({ loaderData, actionData }: Route.ComponentProps) {
  const t = useT()
  const { you, topics } = loaderData
  if (!loaderData.mayAsk) {
    return (
      <Page width="narrow" title={t('portal.open.title')}>
        <Notice
          title={t('portal.open.guestsClosed')}
          action={
            <Link className="link" to="/sign-in?next=/open">
              {t('portal.nav.signIn')}
            </Link>
          }
        />
      </Page>
    )
  }
  return (
    <Page width="narrow" title={t('portal.open.title')} intro={t('portal.open.intro')}>
      <Form answer={actionData} encType="multipart/form-data" data-upload-limit={loaderData.uploadBytes}>
        <Stack>
          {you ? (
            <p className="text-ink-muted">{t('portal.open.asYou', { name: you.name, address: you.address })}</p>
          ) : (
            <>
              <TextField name="name" label={t('portal.open.name')} autoComplete="name" maxLength={120} required />
              <TextField
                name="email"
                type="email"
                label={t('portal.open.email')}
                hint={t('portal.open.emailHint')}
                autoComplete="email"
                maxLength={254}
                required
              />
            </>
          )}
          {topics.length > 1 ? (
            <SelectField name="topic" label={t('portal.open.topic')} options={topics} defaultValue={loaderData.topic} />
          ) : (
            <input type="hidden" name="topic" value={loaderData.topic} />
          )}
          <TextField
            name="subject"
            label={t('portal.open.subject')}
            hint={t('portal.open.subjectHint')}
            maxLength={255}
            autoComplete="off"
            required
          />
          <TextAreaField name="message" label={t('portal.open.message')} hint={t('portal.open.messageHint')} rows={8} required />
          <FileField
            name="attachments"
            label={t('portal.open.files')}
            optional={t('common.optional')}
            hint={t('portal.open.filesHint', { megabytes: loaderData.megabytes })}
          />
          <div hidden>
            <label>
              {t('portal.open.honeypot')} <input name="website" tabIndex={-1} autoComplete="off" />
            </label>
          </div>
        </Stack>
        <FormActions>
          <Button type="submit" variant="primary" size="large">
            {t('portal.open.send')}
          </Button>
        </FormActions>
      </Form>
    </Page>
  )
}
