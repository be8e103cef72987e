-- Notes what a registered client is granted; the same grant noted again changes nothing.
-- KEYS[1] grant
-- KEYS[2] oauth_session     the grant of the session
-- KEYS[3] oauth_sessions_of the grants of the login
-- KEYS[4] oauth_ends        grants by the moment at which to look whether they are over
-- ARGV[1] operation  id of this operation
-- ARGV[2] grant_id
-- ARGV[3] fields     of the grant, as JSON
-- ARGV[4] retention  ms that Redis keeps the grant
-- ARGV[5] look_at    ms of the gateway's clock
-- Returns: ok
-- Publishes: nothing
-- Preludes: none
if redis.call('EXISTS', KEYS[1]) == 1 then return {'ok'} end
local flat = {'op', ARGV[1]}
for name, value in pairs(cjson.decode(ARGV[3])) do
  flat[#flat + 1] = name
  flat[#flat + 1] = value
end
redis.call('HSET', KEYS[1], unpack(flat))
redis.call('PEXPIRE', KEYS[1], ARGV[4])
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[4])
redis.call('SADD', KEYS[3], ARGV[2])
redis.call('PEXPIRE', KEYS[3], ARGV[4])
redis.call('ZADD', KEYS[4], ARGV[5], ARGV[2])
return {'ok'}
