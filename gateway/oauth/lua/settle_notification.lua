-- Puts a ticket that was taken off until `due`, or forgets it; one that has moved meanwhile stays due.
-- KEYS[1] oauth_notifications
-- KEYS[2] ticket
-- KEYS[3] lease
-- ARGV[1] ticket_id
-- ARGV[2] version  of the ticket, as it was told of
-- ARGV[3] due      ms of the gateway's clock; empty for never
-- ARGV[4] failed   1 where the client was not told; else empty
-- Returns: ok
-- Publishes: nothing
-- Preludes: none
redis.call('DEL', KEYS[3])
local version = redis.call('HGET', KEYS[2], 'version')
if version and version ~= ARGV[2] then return {'ok'} end
if ARGV[3] == '' or not version then
  redis.call('ZREM', KEYS[1], ARGV[1])
else
  redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
  if ARGV[4] ~= '' then redis.call('HINCRBY', KEYS[2], 'notify_tries', 1) end
end
return {'ok'}
