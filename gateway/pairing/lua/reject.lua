-- Rejects a ticket by the device that scanned it.
-- KEYS[1] ticket
-- KEYS[2] session  the phone's session
-- KEYS[3] guesses  unknown tickets that this address has tried in this minute
-- ARGV[1] now          ms of the gateway's clock
-- ARGV[2] operation    id of this operation
-- ARGV[3] address      the phone's IP address
-- ARGV[4] tombstone    ms that a dead ticket is remembered
-- ARGV[5] guess_limit  unknown tickets of one address in a minute; 0 is no limit
-- Returns: ok and the ticket's state as JSON, or unauthenticated, forbidden, ticket_not_found, rate_limited,
--   ticket_expired, ticket_rejected, ticket_cancelled, ticket_spent, ticket_taken, ticket_wrong_state
-- Publishes: the ticket's state
-- Preludes: gateway.accounts/_session, _rules, _ticket
local now, tombstone = tonumber(ARGV[1]), tonumber(ARGV[4])
local session = live_session(KEYS[2], now)
if not session then return {'unauthenticated', ''} end
if session.kind ~= 'phone' then return {'forbidden', ''} end
local ticket = phones_ticket(KEYS[1], session)
if not ticket then return unknown(KEYS[3], ARGV[5]) end
local stored = ticket['op:' .. ARGV[2]]
if stored then return {'ok', stored, ticket.traceparent} end
settle(ticket, now, tombstone)
local to, code = decide_for_phone(ticket, 'reject', session, now, ARGV[3])
if not to then return refuse(code, ticket, now) end
if to ~= ticket.state then move(ticket, 'reject', now, tombstone, ARGV[3]) end
local answer = state_of(ticket, now)
answer.scanned_by = nil
return done(ticket, ARGV[2], answer)
