export const mail = {
  /** What is wrong with a mail server's connection. */
  trouble: {
    hostUnknown: 'The name {host} is not known.',
    refused: '{host} takes no connection on port {port}.',
    timeout: '{host} did not answer on port {port} in time.',
    unreachable: '{host} cannot be reached from here.',
    signIn: '{host} refused the user name or password.',
    certificate: 'The certificate of {host} is not valid.',
    tlsMismatch: 'Port {port} of {host} does not speak the chosen encryption.',
    noStarttls: '{host} offers no STARTTLS on port {port}.',
    folderMissing: 'The folder does not exist on {host}.',
    passwordUnreadable: 'The stored password cannot be read any more. Type it again.',
    closed: '{host} closed the connection.',
    refusedCommand: '{host} refused.',
    other: 'The connection to {host} failed.',
  },
} as const
