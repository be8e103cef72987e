-- A change that means nothing: whoever can make it, and have it acknowledged, can make the others.
-- KEYS[1] readiness
-- Returns: ok
-- Publishes: nothing
redis.call('INCR', KEYS[1])
redis.call('PEXPIRE', KEYS[1], 60000)
return {'ok'}
