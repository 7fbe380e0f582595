/** Words about the folder into which a mailbox's provider sorts spam; under `admin.junk`. */
export const junk = {
  title: 'Junk of {address}',
  section: 'Junk at the provider',
  sectionHint:
    'What the provider takes for spam never reaches the desk. It is read from the mail server when you look, and only then.',
  look: 'Look into Junk',
  intro:
    'What the provider sorted out as spam, newest first. A mail that you take becomes a ticket and is moved to the inbox of the mail server.',
  empty: 'Junk is empty.',
  newest: 'These are the newest {count, number}.',
  again: 'Look again',
  back: 'Back to the mailbox',
  taken: 'It is a ticket now, and lies in the inbox of the mail server.',
  trusted:
    'It is a ticket now, and lies in the inbox of the mail server. Further mail of this sender that arrives there is not suspended as spam.',
  stays: 'The mail server did not let it be moved: it still lies in Junk there.',
} as const
