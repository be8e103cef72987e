-- Exchanges a confirmed ticket for a session: once, and again only for the same request repeated.
-- Beside its keys it touches the session of the phone that confirmed, the account's list of sessions and the
-- count of unclaimed tickets: the ticket alone knows their names, and all lie in its slot.
-- KEYS[1] ticket
-- KEYS[2] session  the client's session, to be made
-- KEYS[3] guesses  unknown tickets that this address has tried in this minute
-- ARGV[1] now             ms of the gateway's clock
-- ARGV[2] secret_digest   SHA-256 of the claim secret, hex
-- ARGV[3] session_digest  SHA-256 of the token that this very request leads to, hex
-- ARGV[4] session_id      of the session to be made
-- ARGV[5] address         the client's IP address
-- ARGV[6] lifetime        ms that the session may last
-- ARGV[7] idle            ms without a call after which it ends
-- ARGV[8] slack           ms that Redis keeps it beyond that
-- ARGV[9] repeat_window   ms within which the same request gets the same session
-- ARGV[10] tombstone      ms that a dead ticket is remembered
-- ARGV[11] guess_limit    unknown tickets of one address in a minute; 0 is no limit
-- ARGV[12] closed         see _closed.lua
-- ARGV[13] claim_code     right or wrong, of the code that the phone shows; empty where none was typed
-- ARGV[14] code_tries     wrong ones before the ticket is rejected
-- Returns: ok and the session's fields as JSON, or ticket_not_found, rate_limited,
--   ticket_expired, ticket_rejected, ticket_cancelled, ticket_spent, ticket_not_confirmed,
--   login_unavailable, claim_code_required, claim_code_invalid
-- Publishes: the ticket's state
-- Preludes: gateway.accounts/_session, _rules, _ticket, _closed
local now, tombstone = tonumber(ARGV[1]), tonumber(ARGV[10])
local ticket = own_ticket(KEYS[1], ARGV[2])
if not ticket then return unknown(KEYS[3], ARGV[11]) end
settle(ticket, now, tombstone)
if ticket.client_session then
  local repeated = ticket.client_session == ARGV[3] and now <= tonumber(ticket.at) + tonumber(ARGV[9])
  local session = repeated and live_session(KEYS[2], now)
  if session then return {'ok', cjson.encode(session), ticket.traceparent} end
  record(ticket, 'claim', 'ticket_spent', now, ARGV[5])
end
local to, code = decide(ticket, 'claim', true)
if not to then return refuse(code, ticket, now) end
if closed_to(ARGV[12], ticket, ticket.login_name) then return {'login_unavailable', ''} end
if ticket.returns and ARGV[13] ~= 'right' then
  if ARGV[13] == '' then return refuse('claim_code_required', ticket, now) end
  local left = math.max(tonumber(ARGV[14]) - redis.call('HINCRBY', KEYS[1], 'code_tries', 1), 0)
  record(ticket, 'claim', 'claim_code_invalid', now, ARGV[5])
  if left == 0 then move(ticket, 'mistype', now, tombstone, ARGV[5]) end
  local told = {state = ticket.state, version = tonumber(ticket.version), claim_tries_left = left}
  return {'claim_code_invalid', cjson.encode(told)}
end
-- The phone that confirmed must still be logged in: the end of its session invalidates its confirmation.
if not live_session(PREFIX .. 'session:' .. ticket.phone_session, now) then
  move(ticket, 'withdraw', now, tombstone, ARGV[5])
  return refuse(dead_code(ticket.state), ticket, now)
end
move(ticket, 'claim', now, tombstone, ARGV[5], {client_session = ARGV[3], session_id = ARGV[4]})
local session = {
  kind = 'client', session_id = ARGV[4], account_id = ticket.account_id, login_name = ticket.login_name,
  display_name = ticket.display_name, initial = ticket.initial, id_type = ticket.id_type,
  created_at = ARGV[1], last_seen = ARGV[1], expires_at = tostring(now + tonumber(ARGV[6])), idle_ms = ARGV[7],
  address = ARGV[5], device_name = ticket.client_device, ticket_id = ticket.ticket_id,
}
local fields = {}
for name, value in pairs(session) do
  fields[#fields + 1] = name
  fields[#fields + 1] = value
end
keep_session(KEYS[2], PREFIX .. 'account:' .. ticket.account_id .. ':sessions', ARGV[3], now,
  tonumber(ARGV[6]) + tonumber(ARGV[8]), fields)
if ticket.counter and redis.call('EXISTS', ticket.counter) == 1 then redis.call('DECR', ticket.counter) end
return {'ok', cjson.encode(session), ticket.traceparent}
