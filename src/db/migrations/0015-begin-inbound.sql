-- The first thing in the transaction that posts a mail, in one way to the server: waits for a copy of the same mail that is being
-- posted at this moment, locks the row, and only then looks for a copy that was posted. Each statement of a volatile function sees
-- what was committed before it began; one statement would look with the eyes of before the wait.
create function begin_inbound(message bigint, print text, since timestamptz)
returns table (state text, duplicate_id bigint, duplicate_ticket bigint, duplicate_entry bigint) language plpgsql volatile as $$
begin
  if print is not null then
    perform pg_advisory_xact_lock(hashtextextended(print, 7));
  end if;
  select m.state into state from inbound_message m where m.id = message for no key update;
  if print is not null and state = 'received' then
    select m.id, m.ticket_id, m.entry_id into duplicate_id, duplicate_ticket, duplicate_entry from inbound_message m
      where m.fingerprint = print and m.state = 'posted' and m.received_at >= since and m.id <> message order by m.id limit 1;
  end if;
  return next;
end $$;
