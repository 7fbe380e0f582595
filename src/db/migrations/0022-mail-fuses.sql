-- How much came from whom within an hour, and whose mail is stopped because a loop is likely.
create table mail_fuse (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('subject', 'sender', 'domain')),
  -- An address, a domain, or an address and a subject.
  value text not null,
  window_started_at timestamptz(3) not null,
  count integer not null,
  last_at timestamptz(3) not null,
  blown_at timestamptz(3),
  unique (kind, value)
);
create index mail_fuse_blown on mail_fuse (blown_at) where blown_at is not null;
create index mail_fuse_last on mail_fuse (last_at);
