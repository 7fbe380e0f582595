-- A mailbox that is read and sent from by Microsoft Graph: {user, folder, afterFetch: keep|move|delete, moveTo, endpoint}; then imap and smtp are null.
alter table mailbox add column graph jsonb;
-- Where the last delta query ended (a link of the server's); null before the first and after the server forgot it.
alter table mailbox add column graph_cursor text;

-- How a mailbox signs in by OAuth 2.0. Secrets and tokens are sealed with the site key.
create table mailbox_grant (
  mailbox_id bigint primary key references mailbox,
  -- {provider, grant, tenant, clientId, authority | issuer, endpoints, scopes}
  settings jsonb not null,
  client_secret text,
  -- A day, as the administrator read it at the provider's.
  secret_expires_on text check (secret_expires_on ~ '^\d{4}-\d{2}-\d{2}$'),
  -- Days before that day of which administrators were last told: 30, 7, 1 or 0.
  secret_warned_days integer,
  refresh_token text,
  access_token text,
  access_expires_at timestamptz(3),
  -- One node at a time asks for tokens: until then it is this one's turn.
  lease_until timestamptz(3),
  signed_in_at timestamptz(3),
  -- Since when the provider refuses, and {key, detail}; null while all is well.
  refused_at timestamptz(3),
  refusal jsonb,
  -- When a refused grant was last tried.
  checked_at timestamptz(3),
  -- A sign-in that somebody has begun: state, verifier or device code, sealed.
  pending text,
  pending_until timestamptz(3)
);
