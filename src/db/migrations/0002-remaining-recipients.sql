-- A mail server may take a message for one recipient and put another one off, or refuse him: what is left to do, and what was refused.
alter table outbound_message
  -- Addresses that the next try is for; null: everybody whom the content names.
  add column remaining text[],
  -- One line an address that was refused for good while others were taken: "address: the server's words".
  add column refused text[] not null default '{}';
