-- When the customer was last reminded that we wait for them; counts only when it is later than our last reply.
alter table ticket add column reminded_at timestamptz(3);
create index ticket_waited_on on ticket (last_response_at) where state = 'on_hold' and place = 'desk' and deleted_at is null;
