-- Forgets a logout that was taken, or puts it off. One that a reset has removed stays away.
-- KEYS[1] oauth_logouts
-- KEYS[2] oauth_logout_lease
-- ARGV[1] logout  as it was taken
-- ARGV[2] again   as it is to be taken again; empty for never
-- ARGV[3] due     ms of the gateway's clock
-- Returns: ok
-- Publishes: nothing
-- Preludes: none
redis.call('DEL', KEYS[2])
if redis.call('ZREM', KEYS[1], ARGV[1]) == 1 and ARGV[2] ~= '' then redis.call('ZADD', KEYS[1], ARGV[3], ARGV[2]) end
return {'ok'}
