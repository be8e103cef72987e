-- The ticket that a user code stands for; too many unknown ones from one address in a minute are refused (RFC 8628
-- section 5.1). They count with unknown tickets.
-- KEYS[1] user_code
-- KEYS[2] guesses  unknown tickets and codes that this address has tried in this minute
-- ARGV[1] guess_limit  unknown ones of one address in a minute; 0 is no limit
-- Returns: ok and the ticket's id, or ticket_not_found, rate_limited
-- Publishes: nothing
-- Preludes: none
local ticket_id = redis.call('GET', KEYS[1])
if ticket_id then return {'ok', ticket_id} end
if tonumber(ARGV[1]) > 0 then
  local misses = redis.call('INCR', KEYS[2])
  if misses == 1 then redis.call('PEXPIRE', KEYS[2], 120000) end
  if misses > tonumber(ARGV[1]) then return {'rate_limited', ''} end
end
return {'ticket_not_found', ''}
