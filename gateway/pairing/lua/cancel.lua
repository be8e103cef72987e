-- Cancels a ticket by the client that requested it.
-- KEYS[1] ticket
-- KEYS[2] guesses  unknown tickets that this address has tried in this minute
-- ARGV[1] now            ms of the gateway's clock
-- ARGV[2] operation      id of this operation
-- ARGV[3] secret_digest  SHA-256 of the claim secret, hex
-- ARGV[4] address        the client's IP address
-- ARGV[5] tombstone      ms that a dead ticket is remembered
-- ARGV[6] guess_limit    unknown tickets of one address in a minute; 0 is no limit
-- Returns: ok and the ticket's state as JSON, or ticket_not_found, rate_limited,
--   ticket_expired, ticket_rejected, ticket_spent, ticket_wrong_state
-- Publishes: the ticket's state
-- Preludes: gateway.accounts/_session, _rules, _ticket
local now, tombstone = tonumber(ARGV[1]), tonumber(ARGV[5])
local ticket = own_ticket(KEYS[1], ARGV[3])
if not ticket then return unknown(KEYS[2], ARGV[6]) end
local stored = ticket['op:' .. ARGV[2]]
if stored then return {'ok', stored, ticket.traceparent} end
settle(ticket, now, tombstone)
local to, code = decide(ticket, 'cancel', true)
if not to then return refuse(code, ticket, now) end
if to ~= ticket.state then move(ticket, 'cancel', now, tombstone, ARGV[4]) end
return done(ticket, ARGV[2], state_of(ticket, now))
