-- Times are timestamptz(3) and always given by the application. Values are text with CHECK, never a PostgreSQL enum.
-- Ids are bigint identity. The SQL keeps to what PostgreSQL 15 knows.

-- core ---------------------------------------------------------------------------------------------------------------

create table event (
  id bigint generated always as identity primary key,
  at timestamptz(3) not null,
  actor_kind text not null check (actor_kind in ('agent', 'user', 'guest', 'token', 'system')),
  actor_id bigint,
  request_id text,
  address text,
  verb text not null,
  subject_kind text not null,
  subject_id bigint not null,
  data jsonb not null,
  facts jsonb not null
);
create index event_subject on event (subject_kind, subject_id, id);

create table event_personal (
  event_id bigint primary key references event on delete cascade,
  personal jsonb not null
);

create table submission (
  scope text not null,
  key text not null,
  answer jsonb,
  created_at timestamptz(3) not null,
  primary key (scope, key)
);
create index submission_age on submission (created_at);

create table rate_limit (
  key text primary key,
  started_at timestamptz(3) not null,
  count integer not null
);

-- settings -----------------------------------------------------------------------------------------------------------

create table setting (
  key text primary key,
  value jsonb not null,
  updated_at timestamptz(3) not null,
  updated_by bigint
);

-- people -------------------------------------------------------------------------------------------------------------

create table organization (
  id bigint generated always as identity primary key,
  name text not null,
  domains text[] not null default '{}',
  notes text not null default '',
  created_at timestamptz(3) not null,
  archived_at timestamptz(3)
);

create table end_user (
  id bigint generated always as identity primary key,
  name text not null,
  -- The address mail goes to; every address of the person stands in end_user_address.
  address text not null,
  organization_id bigint references organization,
  locale text,
  time_zone text,
  password_hash text,
  verified_at timestamptz(3),
  blocked_at timestamptz(3),
  created_at timestamptz(3) not null
);

create table end_user_address (
  address text primary key check (address = lower(address)),
  end_user_id bigint not null references end_user on delete cascade,
  undeliverable_at timestamptz(3),
  created_at timestamptz(3) not null
);
create index end_user_address_person on end_user_address (end_user_id);

create table agent (
  id bigint generated always as identity primary key,
  email text not null unique check (email = lower(email)),
  name text not null,
  password_hash text,
  is_administrator boolean not null default false,
  sees_all_tickets boolean not null default false,
  signature text not null default '',
  locale text,
  time_zone text,
  alert_mail boolean not null default true,
  -- Theme, density, keys and other choices of the workspace.
  preferences jsonb not null default '{}',
  away_until timestamptz(3),
  last_seen_at timestamptz(3),
  created_at timestamptz(3) not null,
  archived_at timestamptz(3)
);

create table department (
  id bigint generated always as identity primary key,
  name text not null unique,
  is_public boolean not null default true,
  manager_id bigint references agent,
  signature text not null default '',
  position integer not null default 0,
  created_at timestamptz(3) not null,
  archived_at timestamptz(3)
);

create table team (
  id bigint generated always as identity primary key,
  name text not null unique,
  lead_id bigint references agent,
  created_at timestamptz(3) not null,
  archived_at timestamptz(3)
);

create table team_member (
  team_id bigint not null references team on delete cascade,
  agent_id bigint not null references agent on delete cascade,
  primary key (team_id, agent_id)
);
create index team_member_agent on team_member (agent_id);

create table banned_address (
  address text primary key check (address = lower(address)),
  reason text not null default '',
  created_at timestamptz(3) not null
);

-- access -------------------------------------------------------------------------------------------------------------

create table role (
  id bigint generated always as identity primary key,
  key text unique,
  name text not null unique,
  permissions text[] not null,
  position integer not null default 0,
  created_at timestamptz(3) not null,
  archived_at timestamptz(3)
);

create table department_grant (
  agent_id bigint not null references agent on delete cascade,
  department_id bigint not null references department on delete cascade,
  role_id bigint not null references role,
  primary key (agent_id, department_id)
);
create index department_grant_department on department_grant (department_id);

create table session (
  id bigint generated always as identity primary key,
  token_hash text not null unique,
  agent_id bigint references agent on delete cascade,
  end_user_id bigint references end_user on delete cascade,
  -- Tickets that links opened in this browser, with the end user each link was made for.
  grants jsonb not null default '[]',
  created_at timestamptz(3) not null,
  last_used_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  address text not null default '',
  user_agent text not null default ''
);
create index session_agent on session (agent_id) where agent_id is not null;
create index session_end_user on session (end_user_id) where end_user_id is not null;
create index session_expiry on session (expires_at);

create table one_time_token (
  id bigint generated always as identity primary key,
  token_hash text not null unique,
  purpose text not null check (purpose in ('setup', 'invite', 'reset', 'sign-in', 'confirm', 'ticket')),
  agent_id bigint references agent on delete cascade,
  end_user_id bigint references end_user on delete cascade,
  ticket_id bigint,
  data jsonb not null default '{}',
  created_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  -- Single-use purposes are spent once; a ticket link stays good until it expires or is revoked.
  used_at timestamptz(3),
  revoked_at timestamptz(3)
);
create index one_time_token_expiry on one_time_token (expires_at);
create index one_time_token_ticket on one_time_token (ticket_id) where ticket_id is not null;

create table api_token (
  id bigint generated always as identity primary key,
  token_hash text not null unique,
  -- 'rest' tokens act as their agent; 'osticket' keys are the API keys of osTicket's own calls.
  kind text not null check (kind in ('rest', 'osticket')),
  name text not null,
  agent_id bigint references agent on delete cascade,
  scopes text[] not null,
  allowed_address text,
  is_enabled boolean not null default true,
  created_at timestamptz(3) not null,
  last_used_at timestamptz(3),
  expires_at timestamptz(3),
  revoked_at timestamptz(3)
);

-- workflow -----------------------------------------------------------------------------------------------------------

create table status (
  id bigint generated always as identity primary key,
  -- Set on the shipped ones, which moves refer to: open, waiting, on_hold, resolved, closed.
  key text unique,
  name text not null unique,
  state text not null check (state in ('open', 'on_hold', 'resolved', 'closed')),
  asks_reason boolean not null default false,
  position integer not null,
  created_at timestamptz(3) not null,
  archived_at timestamptz(3)
);

create table priority (
  id bigint generated always as identity primary key,
  key text unique,
  name text not null unique,
  -- 1 is the most urgent.
  urgency integer not null,
  is_default boolean not null default false,
  created_at timestamptz(3) not null,
  archived_at timestamptz(3)
);

create table ticket_number (
  number text primary key,
  ticket_id bigint,
  is_alias boolean not null default false
);
create index ticket_number_ticket on ticket_number (ticket_id);

-- The caller brings candidates (randomness comes from the application); the first free one is taken.
create function take_ticket_number(candidates text[]) returns text language plpgsql as $$
declare
  candidate text;
  taken text;
begin
  foreach candidate in array candidates loop
    insert into ticket_number (number) values (candidate) on conflict do nothing returning number into taken;
    if taken is not null then
      return taken;
    end if;
  end loop;
  raise exception 'no free ticket number among % candidates', array_length(candidates, 1) using errcode = '40001';
end $$;

-- templates ----------------------------------------------------------------------------------------------------------

create table mail_template (
  key text not null,
  locale text not null,
  subject text not null,
  body text not null,
  updated_at timestamptz(3) not null,
  updated_by bigint references agent,
  primary key (key, locale)
);

-- channels -----------------------------------------------------------------------------------------------------------

create table mailbox (
  id bigint generated always as identity primary key,
  address text not null unique check (address = lower(address)),
  name text not null,
  department_id bigint not null references department,
  is_active boolean not null default true,
  -- {host, port, security: tls|starttls|none, user, folder}; null when this mailbox does not fetch (listener or pipe only).
  imap jsonb,
  imap_secret text,
  smtp jsonb,
  smtp_secret text,
  -- Mail older than this is not taken in.
  take_from timestamptz(3),
  uid_validity bigint,
  last_uid bigint,
  last_polled_at timestamptz(3),
  last_error text,
  last_error_at timestamptz(3),
  created_at timestamptz(3) not null,
  archived_at timestamptz(3)
);

create table inbound_message (
  id bigint generated always as identity primary key,
  channel text not null,
  -- Unique per source: mailbox + UIDVALIDITY + UID, or hash of raw and recipient.
  source_key text not null unique,
  mailbox_id bigint references mailbox,
  blob text not null,
  size bigint not null,
  -- Envelope as the source gave it: {from, to[]}.
  envelope jsonb not null default '{}',
  received_at timestamptz(3) not null,
  state text not null check (state in ('received', 'posted', 'duplicate', 'parked', 'skipped')),
  -- Why it landed where it did: {key, params} in the mail catalogue.
  reason jsonb,
  verdict text,
  -- What the header said, for the mail log: {from, subject}.
  summary jsonb,
  message_id text,
  -- Message-ID, From and body, hashed: a second copy within 30 days is a duplicate.
  fingerprint text,
  ticket_id bigint,
  entry_id bigint,
  processed_at timestamptz(3)
);
create index inbound_message_fingerprint on inbound_message (fingerprint) where fingerprint is not null;
create index inbound_message_parked on inbound_message (id) where state = 'parked';
create index inbound_message_mailbox on inbound_message (mailbox_id, id);
create index inbound_message_ticket on inbound_message (ticket_id) where ticket_id is not null;

create table outbound_message (
  id bigint generated always as identity primary key,
  channel text not null,
  mailbox_id bigint references mailbox,
  kind text not null check (kind in ('reply', 'autoresponse', 'alert', 'link', 'account', 'notice')),
  ticket_id bigint,
  entry_id bigint,
  message_id text not null unique,
  -- Everything the mail is made of, final: {from, replyTo, to[], cc[], bcc[], subject, text, html, headers, date, boundary, attachments[{blob,name,contentType,contentId}]}.
  content jsonb not null,
  -- First recipient, for limits and search.
  recipient text not null,
  state text not null check (state in ('waiting', 'sending', 'sent', 'failed', 'held', 'withdrawn')),
  sends_at timestamptz(3) not null,
  lease_until timestamptz(3),
  attempts integer not null default 0,
  failure text,
  last_error text,
  response text,
  sent_at timestamptz(3),
  created_at timestamptz(3) not null
);
create index outbound_message_due on outbound_message (sends_at) where state in ('waiting', 'sending');
create index outbound_message_held on outbound_message (id) where state in ('held', 'failed');
create index outbound_message_entry on outbound_message (entry_id) where entry_id is not null;
create index outbound_message_ticket on outbound_message (ticket_id) where ticket_id is not null;
create index outbound_message_recipient on outbound_message (recipient, kind, created_at);

-- threads ------------------------------------------------------------------------------------------------------------

create table thread (
  id bigint generated always as identity primary key,
  owner_kind text not null,
  created_at timestamptz(3) not null
);

create table thread_entry (
  id bigint generated always as identity primary key,
  thread_id bigint not null references thread,
  kind text not null check (kind in ('message', 'response', 'note')),
  channel text not null check (channel in ('email', 'web', 'api', 'phone', 'agent')),
  author_kind text not null check (author_kind in ('agent', 'user', 'system')),
  author_id bigint,
  author_name text not null,
  author_address text,
  -- The whole body as it came; what a reader sees first is cut from it.
  body_text text not null,
  body_html text,
  -- Without quoted history and signature; null when nothing was cut.
  visible_text text,
  visible_html text,
  -- {to: [{name, address}], cc: [...]} of a response or mail.
  recipients jsonb,
  verdict text check (verdict in ('verified', 'internal', 'not_verified', 'failed')),
  -- Set when a reader should look twice: not a party, failed check.
  is_flagged boolean not null default false,
  inbound_message_id bigint,
  created_at timestamptz(3) not null,
  -- Until then only agents see it and it can be withdrawn; null for a withdrawn or held one.
  released_at timestamptz(3),
  sends_at timestamptz(3),
  -- The status that the reply asked for, applied on release.
  status_on_release bigint,
  deleted_at timestamptz(3)
);
create index thread_entry_thread on thread_entry (thread_id, id);

create table message_reference (
  message_id text not null,
  thread_id bigint not null references thread,
  entry_id bigint,
  primary key (message_id, thread_id)
);

create table draft (
  id bigint generated always as identity primary key,
  agent_id bigint not null references agent on delete cascade,
  thread_id bigint not null references thread,
  kind text not null check (kind in ('response', 'note')),
  body_html text not null,
  recipients jsonb,
  revision integer not null default 1,
  updated_at timestamptz(3) not null,
  unique (agent_id, thread_id, kind)
);

create table collaborator (
  thread_id bigint not null references thread,
  end_user_id bigint not null references end_user,
  added_at timestamptz(3) not null,
  added_by text not null default '',
  primary key (thread_id, end_user_id)
);
create index collaborator_end_user on collaborator (end_user_id);

-- files --------------------------------------------------------------------------------------------------------------

create table attachment (
  id bigint generated always as identity primary key,
  owner_kind text not null,
  owner_id bigint not null,
  blob text not null,
  name text not null,
  content_type text not null,
  size bigint not null,
  content_id text,
  is_inline boolean not null default false,
  created_at timestamptz(3) not null
);
create index attachment_owner on attachment (owner_kind, owner_id);
create index attachment_blob on attachment (blob);

-- routing ------------------------------------------------------------------------------------------------------------

create table help_topic (
  id bigint generated always as identity primary key,
  name text not null unique,
  department_id bigint references department,
  priority_id bigint references priority,
  is_public boolean not null default true,
  is_default boolean not null default false,
  position integer not null default 0,
  created_at timestamptz(3) not null,
  archived_at timestamptz(3)
);

-- tickets ------------------------------------------------------------------------------------------------------------

create table ticket (
  id bigint generated always as identity primary key,
  number text not null unique,
  thread_id bigint not null unique references thread,
  subject text not null,
  -- First line of the newest message or reply, for lists.
  preview text not null default '',
  requester_id bigint not null references end_user,
  department_id bigint not null references department,
  help_topic_id bigint references help_topic,
  status_id bigint not null references status,
  -- The status's state, kept beside it so that lists and partial indexes need no join.
  state text not null check (state in ('open', 'on_hold', 'resolved', 'closed')),
  priority_id bigint not null references priority,
  urgency integer not null,
  assignee_id bigint references agent,
  team_id bigint references team,
  channel text not null check (channel in ('email', 'web', 'api', 'phone', 'agent')),
  mailbox_id bigint references mailbox,
  -- Spam and trash are places, not statuses.
  place text not null default 'desk' check (place in ('desk', 'spam', 'trash')),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  -- When the customer wrote and nobody has answered since; null when nobody waits.
  waiting_since timestamptz(3),
  last_message_at timestamptz(3),
  last_response_at timestamptz(3),
  first_response_at timestamptz(3),
  due_at timestamptz(3),
  due_kind text check (due_kind in ('first_response', 'next_response')),
  status_reason text,
  resolved_at timestamptz(3),
  closed_at timestamptz(3),
  reopened_at timestamptz(3),
  last_entry_id bigint,
  -- An earlier ticket that this one continues.
  continues_id bigint references ticket,
  deleted_at timestamptz(3)
);
create index ticket_requester on ticket (requester_id, id desc);
create index ticket_newest on ticket (last_message_at desc, id desc) where deleted_at is null;
create index ticket_department on ticket (department_id, id desc);
-- Open work: everything a queue of live tickets or its counter reads.
create index ticket_waiting on ticket (waiting_since, id) include (department_id, assignee_id, team_id, status_id, due_at)
  where state = 'open' and place = 'desk' and deleted_at is null and waiting_since is not null;
create index ticket_live on ticket (updated_at desc, id desc) include (department_id, assignee_id, team_id, status_id, state, due_at, waiting_since)
  where state in ('open', 'on_hold') and place = 'desk' and deleted_at is null;
create index ticket_due on ticket (due_at, id) where state = 'open' and place = 'desk' and deleted_at is null and due_at is not null;
create index ticket_assignee on ticket (assignee_id, updated_at desc, id desc)
  where state in ('open', 'on_hold') and place = 'desk' and deleted_at is null;
create index ticket_done on ticket (state, updated_at desc, id desc) where state in ('resolved', 'closed') and place = 'desk' and deleted_at is null;
create index ticket_elsewhere on ticket (place, updated_at desc, id desc) where place <> 'desk' and deleted_at is null;

create table ticket_seen (
  agent_id bigint not null references agent on delete cascade,
  ticket_id bigint not null references ticket on delete cascade,
  entry_id bigint not null,
  primary key (agent_id, ticket_id)
);

-- search -------------------------------------------------------------------------------------------------------------

create table search_document (
  kind text not null,
  id bigint not null,
  public_tokens tsvector not null,
  internal_tokens tsvector,
  at timestamptz(3) not null,
  primary key (kind, id)
);
create index search_document_public on search_document using gin (public_tokens);
create index search_document_internal on search_document using gin (internal_tokens);

-- presence -----------------------------------------------------------------------------------------------------------

create unlogged table presence (
  agent_id bigint not null,
  ticket_id bigint not null,
  doing text not null check (doing in ('viewing', 'replying')),
  seen_at timestamptz(3) not null,
  primary key (ticket_id, agent_id)
);

-- notifications ------------------------------------------------------------------------------------------------------

create table notification (
  id bigint generated always as identity primary key,
  agent_id bigint not null references agent on delete cascade,
  event_id bigint not null,
  kind text not null,
  ticket_id bigint,
  created_at timestamptz(3) not null,
  read_at timestamptz(3),
  unique (agent_id, event_id)
);
create index notification_unread on notification (agent_id, id desc) where read_at is null;
