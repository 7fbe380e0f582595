-- Which thread an imported one has become, by its id at the desk that it came from: signed ids of that desk's old mails name it.
create table imported_thread (
  source text not null check (source in ('osticket')),
  source_id bigint not null,
  thread_id bigint not null references thread on delete cascade,
  primary key (source, source_id)
);
create index imported_thread_thread on imported_thread (thread_id);

-- Who is on copy but waits for an agent's approval gets no mail and sees nothing.
alter table collaborator add column pending_at timestamptz(3);
