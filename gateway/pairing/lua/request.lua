-- Makes a ticket, and cancels the one that it replaces.
-- KEYS[1] ticket
-- KEYS[2] replaced  the ticket that this one replaces; KEYS[1] again where there is none
-- KEYS[3] counter   tickets that this address has left unclaimed in this minute
-- ARGV[1] now              ms of the gateway's clock
-- ARGV[2] operation        id of this operation
-- ARGV[3] ticket_id
-- ARGV[4] secret_digest    SHA-256 of the claim secret, hex
-- ARGV[5] replaced_digest  the same of the replaced ticket; empty where there is none
-- ARGV[6] worker           id of the worker that holds the client's socket; empty for REST
-- ARGV[7] address          the client's IP address
-- ARGV[8] name             of the client
-- ARGV[9] version          of the client
-- ARGV[10] device          the client's host name
-- ARGV[11] lifetime        ms that the ticket may stay pending
-- ARGV[12] total           ms that the ticket may live in all
-- ARGV[13] tombstone       ms that a dead ticket is remembered
-- ARGV[14] limit           unclaimed tickets of one address in a minute; 0 is no limit
-- ARGV[15] oauth           what a registered client asks for, as JSON; empty for a client of our own wire
-- ARGV[16] verified        1 where the client has authenticated itself; else empty
-- ARGV[17] whole_life      1 where neither scan nor confirm shortens the ticket's life; else empty
-- ARGV[18] aim            whom a targeted ticket is aimed at, as JSON: see _targeted.lua; else empty
-- ARGV[19] rotates         1 where the ticket's QR changes, so that a scan needs a fresh frame; else empty
-- ARGV[20] traceparent     of this request, which later calls about the ticket join; empty where none is traced
-- Returns: ok and the ticket's state as JSON, or too_many_tickets
-- Publishes: the replaced ticket's state, and that of a targeted ticket that has run out
-- Preludes: gateway.accounts/_session, _rules, _ticket, _targeted
local now, tombstone, limit = tonumber(ARGV[1]), tonumber(ARGV[13]), tonumber(ARGV[14])
local known = read_hash(KEYS[1])
if known then
  return {'ok', known['op:' .. ARGV[2]]}
end
local aim = ARGV[18] ~= '' and cjson.decode(ARGV[18])
if aim then
  local wait = place_taken(aim, KEYS[2], ARGV[5], now, tombstone)
  if wait then return {'too_many_tickets', cjson.encode({wait = wait})} end
end
if limit > 0 then
  if tonumber(redis.call('GET', KEYS[3]) or '0') >= limit then return {'too_many_tickets', ''} end
  if redis.call('INCR', KEYS[3]) == 1 then redis.call('PEXPIRE', KEYS[3], 120000) end
end
if ARGV[5] ~= '' then
  local replaced = own_ticket(KEYS[2], ARGV[5])
  if replaced then
    settle(replaced, now, tombstone)
    if transition(replaced.state, 'replace') then move(replaced, 'replace', now, tombstone, ARGV[7]) end
  end
end
local total = tonumber(ARGV[12])
local ticket = {
  ticket_id = ARGV[3], secret_digest = ARGV[4], state = INITIAL, version = '1', at = ARGV[1],
  requested_at = ARGV[1], hard_deadline = tostring(now + total),
  expires_at = tostring(now + math.min(tonumber(ARGV[11]), total)),
  address = ARGV[7], client_name = ARGV[8], client_version = ARGV[9], client_device = ARGV[10], tries = '0',
  counter = KEYS[3],
}
if ARGV[6] ~= '' then ticket.watchers = ARGV[6] end
if ARGV[15] ~= '' then ticket.oauth = ARGV[15] end
if ARGV[16] ~= '' then ticket.client_verified = ARGV[16] end
if ARGV[17] ~= '' then ticket.whole_life = ARGV[17] end
if aim then
  ticket.target, ticket.number, ticket.remembered, ticket.notify = aim.account, aim.number, aim.remembered, aim.notify
end
if ARGV[19] ~= '' then ticket.rotates = ARGV[19] end
if ARGV[20] ~= '' then ticket.traceparent = ARGV[20] end
local answer = cjson.encode(state_of(ticket, now))
ticket['op:' .. ARGV[2]] = answer
local flat = {}
for name, value in pairs(ticket) do
  flat[#flat + 1] = name
  flat[#flat + 1] = value
end
redis.call('HSET', KEYS[1], unpack(flat))
redis.call('PEXPIRE', KEYS[1], tonumber(ticket.expires_at) - now + tombstone)
record(ticket, 'request', aim and present(ticket, aim, now, total + tombstone) or 'ok', now, ARGV[7], 0)
return {'ok', answer}
