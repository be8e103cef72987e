-- Ends every client's session that is verified for a unit, once its declaration password was reset.
-- A revoked authorization ends no session: each call looks whether it is in force (units/service.py).
-- KEYS[1] unit_sessions
-- ARGV[1] prefix       begins every key
-- ARGV[2] taxpayer_id  of the unit
-- Returns: ok, then the digests of the sessions that were ended
-- Publishes: nothing
-- Preludes: none
local ended = {'ok'}
for _, digest in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  local key = ARGV[1] .. 'session:' .. digest
  local session = redis.call('HMGET', key, 'account_id', 'taxpayer_id')
  -- One that has switched to another unit since is not this unit's.
  if session[1] and session[2] == ARGV[2] then
    redis.call('DEL', key)
    redis.call('SREM', ARGV[1] .. 'account:' .. session[1] .. ':sessions', digest)
    ended[#ended + 1] = digest
  end
end
redis.call('DEL', KEYS[1])
return ended
