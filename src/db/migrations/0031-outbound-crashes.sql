-- Counted by outbound_message.interruptions already.
alter table outbound_message drop column crashes;
