-- Mails that were in a POP3 mailbox when it was connected and are left alone: POP3 knows no point from which on mail is new.
create table pop3_left (
  mailbox_id bigint not null references mailbox on delete cascade,
  -- The account, short, as in source keys; and the server's lasting name of the mail.
  place text not null,
  uidl text not null,
  primary key (mailbox_id, place, uidl)
);

-- How far fetching is behind: mails that wait on the server, and when the oldest of them came there.
alter table mailbox add column waiting_mails integer not null default 0;
alter table mailbox add column oldest_waiting_at timestamptz(3);
-- Administrators are told when no mail has come for this long; null: never.
alter table mailbox add column silent_after_hours integer check (silent_after_hours between 1 and 8760);
alter table mailbox add column silence_told_at timestamptz(3);

-- What has come and was not placed yet is asked for each minute.
create index inbound_message_received on inbound_message (id) where state = 'received';
