-- A ticket that another department may see and note on. The department ids stand on the ticket as well: the gate of lists, counters and
-- live events reads them there, without a join.
create table ticket_referral (
  ticket_id bigint not null references ticket on delete cascade,
  department_id bigint not null references department,
  referred_at timestamptz(3) not null,
  -- null: the desk itself, because a mail was sent to that department's address too.
  referred_by bigint references agent,
  primary key (ticket_id, department_id)
);
create index ticket_referral_department on ticket_referral (department_id);

alter table ticket add column referred_to bigint[] not null default '{}';
create index ticket_referred on ticket using gin (referred_to) where deleted_at is null and referred_to <> '{}';
