-- The number a person rings from, and prefixes to find people by while an agent types.
alter table end_user add phone text;
create index end_user_name_prefix on end_user (lower(name) text_pattern_ops);
create index end_user_last_name_prefix on end_user (lower(regexp_replace(name, '^.* ', '')) text_pattern_ops);
create index end_user_address_prefix on end_user_address (address text_pattern_ops);
create index end_user_phone_prefix on end_user (phone text_pattern_ops) where phone is not null;

-- What an agent has tried of the first steps; `dismissed` stands for having put the list away.
create table agent_step (
  agent_id bigint not null references agent on delete cascade,
  step text not null check (step in ('canned', 'undo', 'assign', 'why', 'as_customer', 'dismissed')),
  done_at timestamptz(3) not null,
  primary key (agent_id, step)
);
