/** The mails that help people to sign in. */
export const account = {
  greeting: 'Hello {name},',
  ignore: 'If you did not ask for this, you can ignore this mail: nothing changes without the link.',
  closing: '{desk}',
  reset: {
    subject: 'Set a new password for {desk}',
    text: 'Here is the link to set a new password. It works once and for one hour.',
    button: 'Set a new password',
  },
  link: {
    subject: 'Your sign-in link for {desk}',
    text: 'Here is the link that signs you in. It works once and for one hour.',
    button: 'Sign in',
  },
  confirm: {
    subject: 'Confirm your e-mail address for {desk}',
    text: 'Please confirm that this address is yours. Your account is ready then. The link works once and for 24 hours.',
    button: 'Confirm my address',
  },
  invitation: {
    subject: 'You are invited to {desk}',
    text: 'A colleague added you to {desk}, the help desk. Choose a password to begin. The link works once and for seven days.',
    button: 'Choose a password',
  },
  passwordChanged: {
    subject: 'Your password for {desk} was changed',
    text: 'Your password was changed just now, and every other device was signed out. If that was not you, set a new password at once and tell the desk.',
    button: 'Set a new password',
  },
} as const
