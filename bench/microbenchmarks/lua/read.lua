-- Reads a hash as a script and nothing else: what one round trip costs.
-- KEYS[1] ticket  a ticket's key
-- Returns: the hash, names and values in turn
-- Publishes: nothing
-- Preludes: none
return redis.call('HGETALL', KEYS[1])
