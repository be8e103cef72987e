-- Reads a ticket that a worker watches, after a timer or a lost connection; one that has run out expires now.
-- KEYS[1] ticket
-- ARGV[1] now        ms of the gateway's clock
-- ARGV[2] tombstone  ms that a dead ticket is remembered
-- Returns: ok and the ticket's state as JSON, or ticket_not_found
-- Publishes: the ticket's state, where it has run out
-- Preludes: gateway.accounts/_session, _rules, _ticket
local ticket = load_ticket(KEYS[1])
if not ticket then return {'ticket_not_found', ''} end
local now = tonumber(ARGV[1])
settle(ticket, now, tonumber(ARGV[2]))
return {'ok', cjson.encode(state_of(ticket, now))}
