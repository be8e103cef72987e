-- Says whether a device polls too soon. In real time, as devices wait in it; each time too soon, 5 s more are expected
-- from then on (RFC 8628 section 3.5).
-- KEYS[1] ticket
-- KEYS[2] oauth_pace  there while a poll is too soon
-- ARGV[1] interval    ms between two polls
-- ARGV[2] more        ms that each slow_down adds
-- Returns: ok or slow_down
-- Publishes: nothing
-- Preludes: none
local slowed = tonumber(redis.call('HGET', KEYS[1], 'slow_downs') or '0')
if redis.call('SET', KEYS[2], 1, 'NX', 'PX', tonumber(ARGV[1]) + slowed * tonumber(ARGV[2])) then return {'ok'} end
if redis.call('EXISTS', KEYS[1]) == 1 then slowed = redis.call('HINCRBY', KEYS[1], 'slow_downs', 1) end
redis.call('PEXPIRE', KEYS[2], tonumber(ARGV[1]) + slowed * tonumber(ARGV[2]))
return {'slow_down'}
