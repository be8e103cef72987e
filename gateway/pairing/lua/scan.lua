-- Binds a ticket to the phone that scans it first, and answers what its confirm page must show.
-- KEYS[1] ticket
-- KEYS[2] session  the phone's session
-- KEYS[3] guesses  unknown tickets that this address has tried in this minute
-- ARGV[1] now              ms of the gateway's clock
-- ARGV[2] operation        id of this operation
-- ARGV[3] session_digest   SHA-256 of the phone's token, hex
-- ARGV[4] address          the phone's IP address
-- ARGV[5] number           two digits for the client to show
-- ARGV[6] number_matching  off, show, require, choose or return
-- ARGV[7] lifetime         ms that the ticket may stay scanned
-- ARGV[8] tombstone        ms that a dead ticket is remembered
-- ARGV[9] guess_limit      unknown tickets of one address in a minute; 0 is no limit
-- ARGV[10] closed          see _closed.lua
-- ARGV[11] choices         numbers that the phone offers, with spaces between; empty where it offers none
-- ARGV[12] frame           fresh or stale, of a QR that rotates; empty where none was scanned
-- Returns: ok and the confirm page as JSON, or unauthenticated, forbidden, ticket_not_found, rate_limited,
--   ticket_expired, ticket_rejected, ticket_cancelled, ticket_spent, ticket_taken, ticket_wrong_state,
--   login_unavailable, qr_stale
-- Publishes: the ticket's state
-- Preludes: gateway.accounts/_session, _rules, _ticket, _closed
local now, tombstone = tonumber(ARGV[1]), tonumber(ARGV[8])
local session = live_session(KEYS[2], now)
if not session then return {'unauthenticated', ''} end
if session.kind ~= 'phone' then return {'forbidden', ''} end
local ticket = phones_ticket(KEYS[1], session)
if not ticket then return unknown(KEYS[3], ARGV[9]) end
local stored = ticket['op:' .. ARGV[2]]
if stored then return {'ok', stored, ticket.traceparent} end
settle(ticket, now, tombstone)
if closed_to(ARGV[10], ticket, session.login_name) then
  record(ticket, 'scan', 'login_unavailable', now, ARGV[4])
  return {'login_unavailable', ''}
end
local matching = matching_of(ticket, ARGV[6])
local to, code = decide_for_phone(ticket, 'scan', session, now, ARGV[4])
if not to then return refuse(code, ticket, now) end
if to ~= ticket.state then
  if ticket.rotates and ARGV[12] ~= 'fresh' then
    record(ticket, 'scan', 'qr_stale', now, ARGV[4])
    return refuse('qr_stale', ticket, now)
  end
  local changes = {
    account_id = session.account_id, device_id = session.device_id, phone_session = ARGV[3],
    login_name = session.login_name, display_name = session.display_name, initial = session.initial,
    id_type = session.id_type, expires_at = deadline(ticket, now, tonumber(ARGV[7])),
  }
  if matching ~= 'off' and matching ~= 'return' and not ticket.number then changes.number = ARGV[5] end
  if matching == 'choose' then changes.choices = ARGV[11] end
  move(ticket, 'scan', now, tombstone, ARGV[4], changes)
  local index = KEYS[2] .. ':tickets'
  -- Tickets that are forgotten go from the list, a few at each scan, before their number grows without end.
  for _, scanned in ipairs(redis.call('SRANDMEMBER', index, 3)) do
    if redis.call('EXISTS', PREFIX .. 'ticket:' .. scanned) == 0 then redis.call('SREM', index, scanned) end
  end
  redis.call('SADD', index, ticket.ticket_id)
  redis.call('PEXPIRE', index, tonumber(ticket.hard_deadline) - now + tombstone)
end
local page = state_of(ticket, now)
page.scanned_by = nil
if matching ~= 'show' then page.number = nil end
page.client = {name = ticket.client_name, version = ticket.client_version, device = ticket.client_device}
page.client_unverified = ticket.client_verified ~= '1'
page.address = ticket.address
page.requested_at = tonumber(ticket.requested_at)
page.number_matching = matching
if ticket.choices then
  page.choices = {}
  for number in string.gmatch(ticket.choices, '%d+') do page.choices[#page.choices + 1] = number end
end
return done(ticket, ARGV[2], page)
