-- What happens to a message before it opens a ticket: criteria on what it says, and what they set. Run in their order.
create table ticket_filter (
  id bigint generated always as identity primary key,
  -- Set on the shipped ones.
  key text unique,
  name text not null unique,
  position integer not null,
  is_on boolean not null default true,
  -- Whether all of the criteria must hold, or any.
  needs text not null check (needs in ('all', 'any')),
  -- [{field, header?, test, value}]
  criteria jsonb not null,
  -- {department?, priority?, topic?, agent?, team?, noAutoresponse?, sameTicketMinutes?, suspend?}
  actions jsonb not null,
  -- No filter after it runs when it applies.
  stops boolean not null default false,
  created_at timestamptz(3) not null
);
