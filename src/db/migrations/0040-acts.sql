-- What an agent does with tickets beyond answering: tags, following, mentions, snooze, merging, links, undo, bulk.

create table tag (
  id bigint generated always as identity primary key,
  name text not null,
  -- A meaning of the design system, so that it is readable in light and dark.
  colour text not null default 'neutral' check (colour in ('neutral', 'accent', 'danger', 'warning', 'success', 'info')),
  created_at timestamptz(3) not null,
  archived_at timestamptz(3)
);
create unique index tag_name on tag (lower(name));

create table ticket_tag (
  ticket_id bigint not null references ticket on delete cascade,
  tag_id bigint not null references tag,
  primary key (ticket_id, tag_id)
);
create index ticket_tag_tag on ticket_tag (tag_id, ticket_id);

create table ticket_follower (
  ticket_id bigint not null references ticket on delete cascade,
  agent_id bigint not null references agent on delete cascade,
  since timestamptz(3) not null,
  primary key (ticket_id, agent_id)
);
create index ticket_follower_agent on ticket_follower (agent_id, ticket_id);

-- Somebody was asked something in a note; done once they wrote on the ticket, or said so.
create table ticket_mention (
  entry_id bigint not null,
  agent_id bigint not null references agent on delete cascade,
  ticket_id bigint not null references ticket on delete cascade,
  at timestamptz(3) not null,
  done_at timestamptz(3),
  primary key (entry_id, agent_id)
);
create index ticket_mention_open on ticket_mention (agent_id, ticket_id) where done_at is null;
create index ticket_mention_ticket on ticket_mention (ticket_id);

alter table ticket
  add column snoozed_until timestamptz(3),
  add column snoozed_by bigint references agent,
  add column pinned_entry_id bigint,
  -- Its number and mail live on in that ticket; deleted_at is set as long as this is.
  add column merged_into_id bigint references ticket,
  -- The outage, or whatever else, that this ticket is one of.
  add column parent_id bigint references ticket,
  -- Since when it lies in spam or trash.
  add column placed_at timestamptz(3);
create index ticket_merged on ticket (merged_into_id) where merged_into_id is not null;
create index ticket_parent on ticket (parent_id) where parent_id is not null;
create index ticket_placed on ticket (placed_at) where place <> 'desk' and deleted_at is null;
create index ticket_snoozed on ticket (snoozed_until, id) where snoozed_until is not null and deleted_at is null;
update ticket set placed_at = updated_at where place <> 'desk';
drop index ticket_live;
create index ticket_live on ticket (updated_at desc, id desc)
  include (department_id, assignee_id, team_id, status_id, state, due_at, waiting_since, snoozed_until)
  where state in ('open', 'on_hold') and place = 'desk' and deleted_at is null;

-- The lower id first, so that a pair stands once.
create table ticket_link (
  ticket_id bigint not null references ticket on delete cascade,
  other_id bigint not null references ticket on delete cascade,
  kind text not null check (kind in ('related', 'split')),
  created_at timestamptz(3) not null,
  primary key (ticket_id, other_id),
  check (ticket_id < other_id)
);
create index ticket_link_other on ticket_link (other_id);

create table ticket_merge (
  id bigint generated always as identity primary key,
  target_id bigint not null references ticket,
  source_id bigint not null references ticket,
  at timestamptz(3) not null,
  -- All that was moved and added, so that it can be put back exactly.
  moved jsonb not null,
  undone_at timestamptz(3)
);
create index ticket_merge_target on ticket_merge (target_id);
create index ticket_merge_source on ticket_merge (source_id);

-- The thread it was written in, for entries that a merge or split brought here.
alter table thread_entry add column origin_thread_id bigint references thread;

-- The newest act of an agent that can be undone.
create index event_undo on event (actor_id, id desc) where data ? 'undo';

create table bulk_run (
  id bigint generated always as identity primary key,
  agent_id bigint not null references agent on delete cascade,
  act jsonb not null,
  -- Ids of tickets, ascending; ids of events, newest first, where the act is an undo.
  targets bigint[] not null,
  position integer not null default 0,
  changed integer not null default 0,
  -- [{ticket, key, params}]
  refused jsonb not null default '[]',
  -- What it recorded that can be undone.
  events bigint[] not null default '{}',
  created_at timestamptz(3) not null,
  finished_at timestamptz(3)
);
create index bulk_run_agent on bulk_run (agent_id, id desc);

update role set permissions = array_append(permissions, 'ticket.merge')
  where 'ticket.edit' = any(permissions) and not 'ticket.merge' = any(permissions);
