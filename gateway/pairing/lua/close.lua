-- Cancels a ticket to which QR login has been switched off: for its client, for the account that has scanned it, or for all.
-- KEYS[1] ticket
-- ARGV[1] now        ms of the gateway's clock
-- ARGV[2] closed     see _closed.lua
-- ARGV[3] tombstone  ms that a dead ticket is remembered
-- Returns: ok
-- Publishes: the ticket's state
-- Preludes: gateway.accounts/_session, _rules, _ticket, _closed
local now, tombstone = tonumber(ARGV[1]), tonumber(ARGV[3])
local ticket = load_ticket(KEYS[1])
if ticket and closed_to(ARGV[2], ticket, ticket.login_name) then
  settle(ticket, now, tombstone)
  if transition(ticket.state, 'close') then move(ticket, 'close', now, tombstone, '') end
end
return {'ok'}
