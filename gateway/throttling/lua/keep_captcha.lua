-- Keeps a captcha until it is answered or too old.
-- KEYS[1] captcha
-- ARGV[1] answer      keyed hash of the answer
-- ARGV[2] bound       what it is for
-- ARGV[3] expires_at  ms of the gateway's clock
-- ARGV[4] retention   ms after which Redis forgets it
-- Returns: ok
-- Publishes: nothing
-- Preludes: none
redis.call('HSET', KEYS[1], 'answer', ARGV[1], 'bound', ARGV[2], 'expires_at', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return {'ok'}
