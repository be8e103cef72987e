-- A change that means nothing. If it is made and acknowledged, other changes are too.
-- KEYS[1] readiness
-- Returns: ok
-- Publishes: nothing
-- Preludes: none
redis.call('INCR', KEYS[1])
redis.call('PEXPIRE', KEYS[1], 60000)
return {'ok'}
