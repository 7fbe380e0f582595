-- Answers that agents use again and again. Text with variables ({{ requester.first_name }}), plain or with its line breaks.
create table canned_response (
  id bigint generated always as identity primary key,
  name text not null,
  body text not null,
  -- Language it is written in; null: any.
  locale text,
  -- Departments that use it; empty: all.
  departments bigint[] not null default '{}',
  position integer not null default 0,
  used_count integer not null default 0,
  last_used_at timestamptz(3),
  archived_at timestamptz(3),
  created_at timestamptz(3) not null
);
create unique index canned_response_name on canned_response (lower(name)) where archived_at is null;
