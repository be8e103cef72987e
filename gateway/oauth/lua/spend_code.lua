-- Takes an authorization code, once.
-- KEYS[1] oauth_code
-- ARGV[1] operation  id of this operation
-- ARGV[2] now        ms of the gateway's clock
-- ARGV[3] grant_id   of what is given for it
-- Returns: ok; or gone; or spent and the id of the grant that was given for it
-- Publishes: nothing
-- Preludes: none
local code = redis.call('HMGET', KEYS[1], 'expires_at', 'grant_id', 'op')
if not code[1] then return {'gone'} end
if code[3] == ARGV[1] then return {'ok'} end
if code[2] then return {'spent', code[2]} end
if tonumber(code[1]) <= tonumber(ARGV[2]) then return {'gone'} end
redis.call('HSET', KEYS[1], 'grant_id', ARGV[3], 'op', ARGV[1])
return {'ok'}
