-- A forward to somebody outside, and what they answer, are notes with a side: nothing shows a note to a customer.
alter table thread_entry add column side text check (side in ('forward', 'third_party'));

alter table draft drop constraint draft_kind_check;
alter table draft add constraint draft_kind_check check (kind in ('response', 'note', 'forward'));

-- Whom a ticket was forwarded to: their mail lands on it as theirs.
create table third_party (
  thread_id bigint not null references thread,
  address text not null check (address = lower(address)),
  name text not null default '',
  added_at timestamptz(3) not null,
  primary key (thread_id, address)
);

alter table outbound_message drop constraint outbound_message_kind_check;
alter table outbound_message add constraint outbound_message_kind_check
  check (kind in ('reply', 'forward', 'autoresponse', 'alert', 'link', 'account', 'notice'));
alter table outbound_message
  -- How often a process ended while it had the message, since one last finished a try.
  add column crashes integer not null default 0,
  -- The message that this one repeats.
  add column resend_of bigint references outbound_message;
create index outbound_message_resend on outbound_message (resend_of) where resend_of is not null;

-- One row a try: what the server said.
create table outbound_attempt (
  id bigint generated always as identity primary key,
  message_id bigint not null references outbound_message on delete cascade,
  at timestamptz(3) not null,
  state text not null,
  failure text,
  answer text
);
create index outbound_attempt_message on outbound_attempt (message_id, id);

alter table mailbox
  -- What stands before the address; null: the desk's setting.
  add column from_name text check (from_name in ('agent_at_desk', 'agent', 'department', 'desk')),
  -- Where answers go instead of the mailbox's own address.
  add column reply_to text check (reply_to = lower(reply_to)),
  -- null: as fast as the server takes them.
  add column messages_per_minute integer check (messages_per_minute > 0),
  add column connections integer not null default 3 check (connections between 1 and 20);
