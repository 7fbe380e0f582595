import type { CommandStep } from '#channels/email/microsoft-commands.ts'
import type { BegunSignIn } from '#channels/mailbox-sign-in.ts'
import { useT } from '#i18n/react.tsx'
import { Button, buttonClass } from '../../ui/button.tsx'
import { Form, type FormAnswer } from '../../ui/form.tsx'
import { Moment } from '../../ui/moment.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Section, Stack } from '../../ui/page.tsx'

export interface SignInState {
  mailbox: number
  account: string
  provider: string
  signedInAt: string | null
  refused: { text: string; detail: string; since: string | null } | null
  waiting: number
  begun: BegunSignIn | null
  isApplication: boolean
}

/** Whether a mailbox is signed in, and the way there. */
export function OAuthState({ state, answer }: { state: SignInState; answer: FormAnswer | undefined }) {
  const t = useT()
  const { begun, refused, provider, account } = state
  const again = state.signedInAt !== null || refused !== null
  const problem = answer?.errors?.signIn
  return (
    <Section title={t('admin.oauth.state')}>
      <Stack>
        {refused ? (
          <Notice tone="danger" title={refused.text}>
            <p>
              {refused.since ? (
                <>
                  {t('admin.oauth.refusedSince')} <Moment at={refused.since} />.{' '}
                </>
              ) : null}
              {t('admin.oauth.nothingLost', { count: state.waiting })}
            </p>
            <p className="text-small">{t('admin.oauth.theySaid', { provider, detail: refused.detail })}</p>
          </Notice>
        ) : state.signedInAt ? (
          <p>
            {t('admin.oauth.signedIn')} <Moment at={state.signedInAt} />
          </p>
        ) : (
          <Notice
            tone="warning"
            title={state.isApplication ? t('admin.oauth.applicationNotSignedIn') : t('admin.oauth.notSignedIn')}
          />
        )}
        {problem ? <Notice tone="danger" live title={problem} /> : null}
        {begun?.kind === 'redirect' ? (
          <div>
            <a className={buttonClass('primary')} href={begun.url} rel="noreferrer">
              {t('admin.oauth.goOn', { provider })}
            </a>
            <p className="mt-1 text-ink-muted text-small">
              {t('admin.oauth.goOnHint', { host: new URL(begun.url).host, account })}
            </p>
          </div>
        ) : null}
        {begun?.kind === 'device' ? (
          <div>
            <p>
              {t.rich('admin.oauth.typeCode', {
                account,
                link: () => (
                  <a href={begun.verificationUri} target="_blank" rel="noreferrer" className="text-accent underline">
                    {begun.verificationUri}
                  </a>
                ),
              })}
            </p>
            <p className="my-2 font-mono text-title tracking-wider">{begun.userCode}</p>
            <Act mailbox={state.mailbox} act="check-code" primary>
              {t('admin.oauth.codeTyped')}
            </Act>
          </div>
        ) : null}
        <Act mailbox={state.mailbox} act="sign-in" primary={!begun && (!state.signedInAt || refused !== null)}>
          {begun ? t('admin.oauth.beginAnew') : again ? t('admin.oauth.signInAgain') : t('admin.oauth.signIn')}
        </Act>
      </Stack>
    </Section>
  )
}

function Act({ mailbox, act, primary, children }: { mailbox: number; act: string; primary?: boolean; children: string }) {
  return (
    <Form>
      <input type="hidden" name="id" value={mailbox} />
      <Button type="submit" name="act" value={act} variant={primary ? 'primary' : 'secondary'}>
        {children}
      </Button>
    </Form>
  )
}

/** What is to be done once at the provider. */
export function OAuthGuide({
  provider,
  grant,
  access,
  returnAddress,
  scopes,
  steps,
}: {
  provider: 'microsoft' | 'google' | 'other'
  grant: string
  access: string
  returnAddress: string
  scopes: string
  steps: CommandStep[]
}) {
  const t = useT()
  const title =
    provider === 'microsoft'
      ? t('admin.oauth.atMicrosoft')
      : provider === 'google'
        ? t('admin.oauth.atGoogle')
        : t('admin.oauth.atProvider')
  return (
    <Section title={title} intro={provider === 'microsoft' ? t('admin.oauth.atMicrosoftIntro') : undefined}>
      <Stack>
        {provider === 'google' ? (
          <p>{grant === 'client_credentials' ? t('admin.oauth.googleService') : t('admin.oauth.googleBrowser')}</p>
        ) : null}
        {grant === 'authorization_code' ? <Copied label={t('admin.oauth.redirect')} text={returnAddress} /> : null}
        {provider !== 'microsoft' && scopes ? <Copied label={t('admin.oauth.scopeToEnter')} text={scopes} /> : null}
        {steps.map((step) => (
          <Copied key={step.key} label={t.at(`admin.oauth.step.${step.key}`)} text={step.lines.join('\n')} />
        ))}
        {provider === 'microsoft' && grant !== 'client_credentials' ? (
          <p>{access === 'graph' ? t('admin.oauth.delegated.graph') : t('admin.oauth.delegated.imap')}</p>
        ) : null}
      </Stack>
    </Section>
  )
}

function Copied({ label, text }: { label: string; text: string }) {
  return (
    <div>
      <p className="mb-1">{label}</p>
      <pre className="wrap-anywhere whitespace-pre-wrap rounded-base bg-sunken p-3 font-mono text-small">{text}</pre>
    </div>
  )
}
