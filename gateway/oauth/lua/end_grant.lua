-- Ends a grant, and notes that its client has to be told.
-- KEYS[1] grant
-- KEYS[2] oauth_session      the grant of its session
-- KEYS[3] oauth_sessions_of  the grants of its login
-- KEYS[4] oauth_ends         grants by the moment at which to look whether they are over
-- KEYS[5] oauth_logouts      logouts that clients have to be told of, by the moment at which that is due
-- ARGV[1] grant_id
-- ARGV[2] now                ms of the gateway's clock
-- ARGV[3] logout             what the client is to be told, as JSON
-- Returns: ok; or gone
-- Publishes: nothing
-- Preludes: none
redis.call('DEL', KEYS[2])
redis.call('SREM', KEYS[3], ARGV[1])
redis.call('ZREM', KEYS[4], ARGV[1])
if redis.call('DEL', KEYS[1]) == 0 then return {'gone'} end
redis.call('ZADD', KEYS[5], ARGV[2], ARGV[3])
return {'ok'}
