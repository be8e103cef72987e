-- Rejects a ticket whose phone has been logged out or revoked since it scanned.
-- KEYS[1] ticket
-- ARGV[1] now             ms of the gateway's clock
-- ARGV[2] session_digest  SHA-256 of the phone's token, hex
-- ARGV[3] tombstone       ms that a dead ticket is remembered
-- Returns: ok
-- Publishes: the ticket's state
-- Preludes: gateway.accounts/_session, _rules, _ticket
local now, tombstone = tonumber(ARGV[1]), tonumber(ARGV[3])
local ticket = load_ticket(KEYS[1])
if ticket and ticket.phone_session == ARGV[2] then
  settle(ticket, now, tombstone)
  if transition(ticket.state, 'withdraw') then move(ticket, 'withdraw', now, tombstone, '') end
end
return {'ok'}
