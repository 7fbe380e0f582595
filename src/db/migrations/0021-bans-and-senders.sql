-- Bans know what they are made of, who made them, and how often they struck.
alter table banned_address add column id bigint generated always as identity;
alter table banned_address add constraint banned_address_id unique (id);
alter table banned_address add column kind text not null default 'address' check (kind in ('address', 'domain', 'pattern'));
alter table banned_address add column created_by bigint references agent;
alter table banned_address add column hits bigint not null default 0;
alter table banned_address add column last_hit_at timestamptz(3);
update banned_address set kind = 'domain' where address like '@%';
-- A pattern keeps its letters: \S is not \s.
alter table banned_address drop constraint banned_address_address_check;
alter table banned_address add constraint banned_address_lower check (kind = 'pattern' or address = lower(address));

-- What people said about a sender by what they did with its mail: trusted is no more suspended as spam; spam is.
create table known_sender (
  address text primary key check (address = lower(address)),
  standing text not null check (standing in ('trusted', 'spam')),
  created_by bigint references agent,
  created_at timestamptz(3) not null
);
