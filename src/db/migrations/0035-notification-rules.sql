-- What differs from the shipped matrix of who is told of what. The most specific scope that says something wins:
-- agent or person, help topic, department, desk. Customers are the recipient 'customer', told by mail or not at all.
create table notification_rule (
  scope_kind text not null check (scope_kind in ('desk', 'department', 'topic', 'agent', 'person')),
  -- 0 for the desk.
  scope_id bigint not null,
  kind text not null,
  recipient text not null,
  setting text not null check (setting in ('off', 'app', 'mail')),
  updated_at timestamptz(3) not null,
  updated_by bigint,
  primary key (scope_kind, scope_id, kind, recipient)
);

-- The switch of confirmations was a setting of its own.
insert into notification_rule (scope_kind, scope_id, kind, recipient, setting, updated_at, updated_by)
  select 'desk', 0, 'new_request', 'customer', 'off', updated_at, updated_by from setting
  where key = 'autoresponse.newTicket' and value = 'false'::jsonb;
delete from setting where key = 'autoresponse.newTicket';

-- Null: not told by mail, so that a digest has it.
alter table notification add column mailed_at timestamptz(3);

create table digest (
  agent_id bigint primary key references agent on delete cascade,
  is_on boolean not null,
  -- Hour of the agent's own day.
  at_hour smallint not null check (at_hour between 0 and 23),
  -- The agent's own date of the last one.
  last_on date,
  last_at timestamptz(3)
);
