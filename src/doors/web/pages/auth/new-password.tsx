import { useT } from '#i18n/react.tsx'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Form, type FormAnswer } from '../../ui/form.tsx'
import { FormActions, Stack } from '../../ui/page.tsx'

/** A new password, twice. `account` lets a password manager know whose it is. */
export function NewPasswordForm({
  answer,
  token,
  account,
  min,
  label,
}: {
  answer: FormAnswer | undefined
  token: string
  account: string
  min: number
  label: string
}) {
  const t = useT()
  return (
    <Form answer={answer}>
      <input type="hidden" name="token" value={token} />
      <input type="email" name="account" value={account} autoComplete="username" readOnly hidden />
      <Stack>
        <TextField
          name="password"
          type="password"
          label={t('portal.reset.password')}
          hint={t('portal.reset.passwordHint', { min })}
          autoComplete="new-password"
          minLength={min}
          required
        />
        <TextField name="again" type="password" label={t('portal.reset.again')} autoComplete="new-password" required />
      </Stack>
      <FormActions>
        <Button type="submit" variant="primary">
          {label}
        </Button>
      </FormActions>
    </Form>
  )
}
