-- Why the sender of a mail was judged as it was: {key, domain}, the key under mail.verdict in the catalogue.
alter table inbound_message add column verdict_reason jsonb;
