-- Lists the tickets aimed at a phone's account that this phone may open, newest first.
-- KEYS[1] tickets  what the names of tickets begin with
-- KEYS[2] session  the phone's session
-- ARGV[1] now        ms of the gateway's clock
-- ARGV[2] tombstone  ms that a dead ticket is remembered
-- Returns: ok, until when the account wants none (ms; 0 for no such time), and the tickets as a JSON list; or
--   unauthenticated, forbidden
-- Publishes: the state of a ticket that has run out
-- Preludes: gateway.accounts/_session, _rules, _ticket
local now, tombstone = tonumber(ARGV[1]), tonumber(ARGV[2])
local session = live_session(KEYS[2], now)
if not session then return {'unauthenticated', '', ''} end
if session.kind ~= 'phone' then return {'forbidden', '', ''} end
local account = PREFIX .. 'account:' .. session.account_id
local rows = {}
for _, ticket_id in ipairs(redis.call('LRANGE', account .. ':requests', 0, -1)) do
  local ticket = load_ticket(KEYS[1] .. ticket_id)
  if ticket then settle(ticket, now, tombstone) end
  if not ticket or dead_code(ticket.state) then
    redis.call('LREM', account .. ':requests', 1, ticket_id)
  elseif ticket.state == INITIAL or ticket.device_id == session.device_id then
    local row = state_of(ticket, now)
    row.scanned_by, row.number = nil, nil
    row.client = {name = ticket.client_name, version = ticket.client_version, device = ticket.client_device}
    row.client_unverified = ticket.client_verified ~= '1'
    row.address = ticket.address
    row.requested_at = tonumber(ticket.requested_at)
    rows[#rows + 1] = cjson.encode(row)
  end
end
local blocked = tonumber(redis.call('GET', account .. ':blocked') or '0')
return {'ok', blocked > now and blocked or 0, '[' .. table.concat(rows, ',') .. ']'}
