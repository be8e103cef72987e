-- KEYS[1] ticket  a ticket's key
return redis.call('HGETALL', KEYS[1])
