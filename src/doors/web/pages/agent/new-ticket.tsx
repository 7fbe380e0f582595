import { useRef, useState } from 'react'
import { redirect, useNavigation } from 'react-router'
import { z } from 'zod'
import { AppError, isAppError } from '#core/errors.ts'
import { once } from '#core/once.ts'
import { storeFiles } from '#files/attachments.ts'
import { useT } from '#i18n/react.tsx'
import { openForCustomer } from '#tickets/open-for-customer.ts'
import { ctxOf, pageOf } from '../../context.ts'
import { answerForm, idField, ticked } from '../../forms.ts'
import { incomingFiles, UPLOAD_TOTAL } from '../../incoming-files.ts'
import { Button } from '../../ui/button.tsx'
import { CheckboxField, FileField, SelectField, TextAreaField, TextField } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { FormActions, Page, Stack } from '../../ui/page.tsx'
import type { Route } from './+types/new-ticket.ts'
import { useActs } from './acts.tsx'
import { CallerFields } from './caller-fields.tsx'
import { useFrame } from './frame-context.tsx'
import { Shell } from './shell.tsx'
import { useKeptForm } from './use-kept-form.ts'

const choice = z.union([z.literal('').transform(() => null), idField]).default(null)

const Input = z.object({
  'requester.email': z.string(),
  'requester.name': z.string().optional(),
  phone: z.string().default(''),
  subject: z.string(),
  message: z.string(),
  source: z.enum(['phone', 'agent', 'email', 'web']).default('phone'),
  writtenBy: z.enum(['customer', 'agent']).default('customer'),
  firstKind: z.enum(['reply', 'note']).default('reply'),
  first: z.string().default(''),
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
        const { firstKind, first, notify, ...asked } = input
        const ticket = await openForCustomer(
          ctx,
          {
            requester: { email: input['requester.email'], ...(input['requester.name'] ? { name: input['requester.name'] } : {}) },
            subject: asked.subject,
            message: asked.message,
            phone: asked.phone,
            source: asked.source,
            writtenBy: asked.writtenBy,
            department: asked.department,
            topic: asked.topic,
            priority: asked.priority,
            assignee: asked.assignee,
            first: { kind: firstKind, body: first },
            tell: notify,
          },
          files,
        ).catch((error) => {
          throw atField(error)
        })
        return { number: ticket.number }
      })
      return redirect(`/agent/tickets/${number}`)
    },
    { maxBytes },
  )
}

/** The verb's pointer of the first words is the form's field `first`. */
function atField(error: unknown): unknown {
  if (!isAppError(error) || !error.problems.some((one) => one.pointer === '/first/body')) return error
  const problems = error.problems.map((one) => (one.pointer === '/first/body' ? { ...one, pointer: '/first' } : one))
  return new AppError(error.code, error.key, { problems })
}

export default function NewTicket({ actionData }: Route.ComponentProps) {
  const t = useT()
  const { view } = useFrame()
  const form = useRef<HTMLFormElement>(null)
  const refused = actionData && 'errors' in actionData ? actionData : null
  const kept = useKeptForm(`new-ticket:${view.me.id}`, form, refused)
  const navigation = useNavigation()
  const [round, setRound] = useState(0)
  const named = (all: { id: number; name: string }[], first: string) => [
    { value: '', label: first },
    ...all.map((one) => ({ value: String(one.id), label: one.name })),
  ]
  const answer = refused ?? (kept.values && Object.keys(kept.values).length > 0 ? { values: kept.values } : null)
  const typed = (name: string): string => {
    const value = answer?.values?.[name]
    return typeof value === 'string' ? value : ''
  }
  const post = () => form.current?.requestSubmit()
  useActs('new-ticket', [
    {
      id: 'open-for-customer',
      label: t('agent.newTicket.open'),
      group: 'ticket',
      keys: 'mod+enter',
      words: t('agent.words.newTicket'),
      run: post,
    },
  ])
  const startOver = () => {
    kept.drop()
    setRound(round + 1)
  }
  return (
    <Shell title={t('agent.newTicket.title')}>
      <Page title={t('agent.newTicket.title')} intro={t('agent.newTicket.intro')}>
        <Form
          // What was kept is known only once the browser was asked; the fields begin anew with it.
          key={kept.values === null ? 'asking' : `kept-${round}`}
          ref={form}
          answer={round > 0 && !refused ? null : answer}
          encType="multipart/form-data"
        >
          <Stack>
            <CallerFields
              initial={
                round > 0 && !refused
                  ? { email: '', name: '', phone: '' }
                  : { email: typed('requester.email'), name: typed('requester.name'), phone: typed('phone') }
              }
              onPicked={() => form.current?.querySelector<HTMLInputElement>('[name=subject]')?.focus()}
            />
            <TextField name="subject" required maxLength={255} label={t('agent.newTicket.subject')} autoComplete="off" />
            <TextAreaField
              name="message"
              required
              rows={6}
              label={t('agent.newTicket.message')}
              hint={t('agent.newTicket.messageHint')}
            />
            <div className="grid gap-4 sm:grid-cols-3">
              <SelectField
                name="source"
                label={t('agent.newTicket.channel')}
                defaultValue="phone"
                options={(['phone', 'agent', 'email', 'web'] as const).map((value) => ({
                  value,
                  label: t(`agent.newTicket.channels.${value}`),
                }))}
              />
              <SelectField
                name="writtenBy"
                label={t('agent.newTicket.writtenBy')}
                defaultValue="customer"
                options={[
                  { value: 'customer', label: t('agent.newTicket.byCustomer') },
                  { value: 'agent', label: t('agent.newTicket.byMe', { name: view.me.name }) },
                ]}
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
            <div className="grid gap-4 sm:grid-cols-3">
              <SelectField
                name="firstKind"
                label={t('agent.newTicket.firstKind')}
                defaultValue="reply"
                options={[
                  { value: 'reply', label: t('agent.newTicket.firstReply') },
                  { value: 'note', label: t('agent.newTicket.firstNote') },
                ]}
              />
              <TextAreaField
                name="first"
                rows={3}
                className="sm:col-span-2"
                label={t('agent.newTicket.first')}
                optional={t('common.optional')}
              />
            </div>
            <FileField name="attachments" label={t('agent.newTicket.attachments')} optional={t('common.optional')} />
            <CheckboxField
              name="notify"
              label={t('agent.newTicket.notify')}
              hint={t('agent.newTicket.notifyHint')}
              defaultChecked
            />
          </Stack>
          <FormActions>
            <Button type="submit" variant="primary" pending={navigation.formAction === '/agent/tickets/new'}>
              {t('agent.newTicket.open')}
            </Button>
            <Button variant="quiet" onClick={startOver}>
              {t('agent.newTicket.startOver')}
            </Button>
          </FormActions>
        </Form>
      </Page>
    </Shell>
  )
}
