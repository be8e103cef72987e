-- Takes a logout that is due. For a while nobody else gets it: in real time, as a client is waited for.
-- KEYS[1] oauth_logouts
-- ARGV[1] prefix  begins every key
-- ARGV[2] now     ms of the gateway's clock
-- ARGV[3] lease   ms
-- Returns: ok, and the logout as JSON or nothing
-- Publishes: nothing
-- Preludes: none
for _, logout in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[2], 'LIMIT', 0, 64)) do
  local lease = ARGV[1] .. 'oauth:logout:' .. cjson.decode(logout).grant_id
  if redis.call('SET', lease, 1, 'NX', 'PX', ARGV[3]) then return {'ok', logout} end
end
return {'ok', ''}
