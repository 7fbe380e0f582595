import { redirect } from 'react-router'
import { z } from 'zod'
import { once } from '#core/once.ts'
import { storeFiles } from '#files/attachments.ts'
import { useT } from '#i18n/react.tsx'
import { openTicket } from '#tickets/open-ticket.ts'
import { ctxOf, pageOf } from '../../context.ts'
import { answerForm, idField, ticked } from '../../forms.ts'
import { incomingFiles, UPLOAD_TOTAL } from '../../incoming-files.ts'
import { Button } from '../../ui/button.tsx'
import { CheckboxField, FileField, SelectField, TextAreaField, TextField } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { FormActions, Page, Stack } from '../../ui/page.tsx'
import type { Route } from './+types/new-ticket.ts'
import { useFrame } from './frame-context.tsx'
import { Shell } from './shell.tsx'

const choice = z.union([z.literal('').transform(() => null), idField]).default(null)

const Input = z.object({
  'requester.email': z.string(),
  'requester.name': z.string().optional(),
  subject: z.string(),
  message: z.string(),
  channel: z.enum(['phone', 'agent', 'email', 'web']).default('phone'),
  department: choice,
  topic: choice,
  priority: choice,
  assignee: choice,
  notify: ticked,
})

export const meta: Route.MetaFunction = ({ loaderData }) => [{ title: loaderData?.title ?? 'Tessera' }]

export function loader({ context }: Route.LoaderArgs) {
  const { t, deskName } = pageOf(context)
  return { title: t('agent.title', { page: t('agent.newTicket.title'), desk: deskName }) }
}

export function action(args: Route.ActionArgs) {
  const maxBytes = ctxOf(args.context).site.limits.fileBytes + UPLOAD_TOTAL
  return answerForm(
    args,
    Input,
    async (ctx, input, form) => {
      const files = await storeFiles(ctx, await incomingFiles(form.files('attachments')))
      const { number } = await once(ctx, `open-ticket:${ctx.actor.id}`, form.submission, async (ctx) => {
        const ticket = await openTicket(
          ctx,
          {
            requester: { email: input['requester.email'], ...(input['requester.name'] ? { name: input['requester.name'] } : {}) },
            subject: input.subject,
            message: input.message,
            department: input.department,
            topic: input.topic,
            priority: input.priority,
            assignee: input.assignee,
            autorespond: input.notify,
          },
          { channel: input.channel, files },
        )
        return { number: ticket.number }
      })
      return redirect(`/agent/tickets/${number}`)
    },
    { maxBytes },
  )
}

export default function NewTicket({ actionData }: Route.ComponentProps) {
  const t = useT()
  const { view } = useFrame()
  const named = (all: { id: number; name: string }[], first: string) => [
    { value: '', label: first },
    ...all.map((one) => ({ value: String(one.id), label: one.name })),
  ]
  const words = actionData && 'errors' in actionData ? actionData : null
  return (
    <Shell title={t('agent.newTicket.title')}>
      <Page title={t('agent.newTicket.title')} intro={t('agent.newTicket.intro')}>
        <Form answer={words} encType="multipart/form-data">
          <Stack>
            <div className="grid gap-4 sm:grid-cols-2">
              <TextField name="requester.email" type="email" required label={t('agent.newTicket.email')} autoComplete="off" />
              <TextField
                name="requester.name"
                label={t('agent.newTicket.name')}
                optional={t('common.optional')}
                autoComplete="off"
              />
            </div>
            <TextField name="subject" required maxLength={255} label={t('agent.newTicket.subject')} />
            <TextAreaField
              name="message"
              required
              rows={8}
              label={t('agent.newTicket.message')}
              hint={t('agent.newTicket.messageHint')}
            />
            <div className="grid gap-4 sm:grid-cols-2">
              <SelectField
                name="channel"
                label={t('agent.newTicket.channel')}
                defaultValue="phone"
                options={(['phone', 'agent', 'email', 'web'] as const).map((value) => ({
                  value,
                  label: t(`agent.newTicket.channels.${value}`),
                }))}
              />
              <SelectField
                name="topic"
                label={t('agent.newTicket.topic')}
                options={named(view.topics, t('agent.context.none'))}
              />
              <SelectField
                name="department"
                label={t('agent.newTicket.department')}
                options={named(view.departments, t('agent.newTicket.default'))}
              />
              <SelectField
                name="priority"
                label={t('agent.newTicket.priority')}
                options={named(view.priorities, t('agent.newTicket.default'))}
              />
              <SelectField
                name="assignee"
                label={t('agent.newTicket.assignee')}
                defaultValue={String(view.me.id)}
                options={named(view.agents, t('agent.list.unassigned'))}
              />
            </div>
            <FileField name="attachments" label={t('agent.newTicket.attachments')} optional={t('common.optional')} />
            <CheckboxField name="notify" label={t('agent.newTicket.notify')} defaultChecked />
          </Stack>
          <FormActions>
            <Button type="submit" variant="primary">
              {t('agent.newTicket.open')}
            </Button>
          </FormActions>
        </Form>
      </Page>
    </Shell>
  )
}
