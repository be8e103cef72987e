-- Confirms a ticket by the device that scanned it.
-- KEYS[1] ticket
-- KEYS[2] session  the phone's session
-- KEYS[3] guesses  unknown tickets that this address has tried in this minute
-- ARGV[1] now              ms of the gateway's clock
-- ARGV[2] operation        id of this operation
-- ARGV[3] address          the phone's IP address
-- ARGV[4] otp_step         time step that the one-time code is of: see _otp.lua
-- ARGV[5] number           what was entered; empty where nothing was
-- ARGV[6] number_matching  off, show, require, choose or return
-- ARGV[7] lifetime         ms that the ticket may stay confirmed
-- ARGV[8] tombstone        ms that a dead ticket is remembered
-- ARGV[9] guess_limit      unknown tickets of one address in a minute; 0 is no limit
-- ARGV[10] tries_limit     wrong codes or numbers before the ticket is rejected
-- ARGV[11] otp_limits      of wrong codes: see _otp.lua
-- ARGV[12] closed          see _closed.lua
-- Returns: ok and the ticket's state as JSON, or unauthenticated, forbidden, ticket_not_found, rate_limited,
--   ticket_expired, ticket_rejected, ticket_cancelled, ticket_spent, ticket_taken, ticket_wrong_state,
--   otp_invalid, otp_tries_exhausted, number_mismatch, login_unavailable
-- Publishes: the ticket's state
-- Preludes: gateway.accounts/_session, gateway.accounts/_otp, _rules, _ticket, _closed
local now, tombstone = tonumber(ARGV[1]), tonumber(ARGV[8])
local session = live_session(KEYS[2], now)
if not session then return {'unauthenticated', ''} end
if session.kind ~= 'phone' then return {'forbidden', ''} end
local ticket = phones_ticket(KEYS[1], session)
if not ticket then return unknown(KEYS[3], ARGV[9]) end
local stored = ticket['op:' .. ARGV[2]]
if stored then return {'ok', stored, ticket.traceparent} end
settle(ticket, now, tombstone)
if closed_to(ARGV[12], ticket, session.login_name) then return {'login_unavailable', ''} end
local to, code = decide_for_phone(ticket, 'confirm', session, now, ARGV[3])
if not to then return refuse(code, ticket, now) end
if to ~= ticket.state then
  local matching = matching_of(ticket, ARGV[6])
  -- A code that was seen is used up, whatever else is wrong.
  local wrong, wait = take_otp(session, KEYS[2], tonumber(ARGV[4]), now, ARGV[11])
  if wrong == 'rate_limited' then return {wrong, cjson.encode({wait = wait})} end
  local needed = ARGV[5] ~= '' or matching == 'require' or matching == 'choose'
  if not wrong and ticket.number and needed and ARGV[5] ~= ticket.number then
    wrong = 'number_mismatch'
  end
  if wrong then
    ticket.tries = redis.call('HINCRBY', KEYS[1], 'tries', 1)
    record(ticket, 'confirm', wrong, now, ARGV[3])
    if wrong == 'number_mismatch' and ticket.choices and ARGV[5] ~= '' then
      move(ticket, 'mischoose', now, tombstone, ARGV[3])
    elseif ticket.tries >= tonumber(ARGV[10]) then
      move(ticket, 'exhaust', now, tombstone, ARGV[3])
    end
    return refuse(wrong, ticket, now)
  end
  local changes = {expires_at = deadline(ticket, now, tonumber(ARGV[7]))}
  if matching == 'return' then changes.returns = '1' end
  move(ticket, 'confirm', now, tombstone, ARGV[3], changes)
end
local answer = state_of(ticket, now)
answer.scanned_by = nil
return done(ticket, ARGV[2], answer)
