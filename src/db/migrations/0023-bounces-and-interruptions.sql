-- Why mail to an address came back: a key under mail.failure in the catalogue.
alter table end_user_address add column undeliverable_reason text;
create index end_user_address_undeliverable on end_user_address (address) where undeliverable_at is not null;

-- How often in a row the process ended while it sent this message.
alter table outbound_message add column interruptions integer not null default 0;
