-- Reads a ticket by the client that requested it, and has its changes told to a worker from now on.
-- KEYS[1] ticket
-- KEYS[2] guesses  unknown tickets that this address has tried in this minute
-- ARGV[1] now            ms of the gateway's clock
-- ARGV[2] secret_digest  SHA-256 of the claim secret, hex
-- ARGV[3] worker         id of the worker that asks; empty to read only
-- ARGV[4] tombstone      ms that a dead ticket is remembered
-- ARGV[5] guess_limit    unknown tickets of one address in a minute; 0 is no limit
-- Returns: ok and the ticket's state as JSON, or ticket_not_found, rate_limited
-- Publishes: the ticket's state, where it has run out
-- Preludes: gateway.accounts/_session, _rules, _ticket
local now = tonumber(ARGV[1])
local ticket = own_ticket(KEYS[1], ARGV[2])
if not ticket then return unknown(KEYS[2], ARGV[5]) end
settle(ticket, now, tonumber(ARGV[4]))
local worker = ARGV[3]
if worker ~= '' and not dead_code(ticket.state) then
  -- The newest worker first, and eight at the most: those before are long gone.
  local watchers, count = worker, 1
  for other in string.gmatch(ticket.watchers or '', '%S+') do
    if other ~= worker and count < 8 then
      watchers = watchers .. ' ' .. other
      count = count + 1
    end
  end
  if watchers ~= ticket.watchers then redis.call('HSET', KEYS[1], 'watchers', watchers) end
end
return {'ok', cjson.encode(state_of(ticket, now)), ticket.traceparent}
