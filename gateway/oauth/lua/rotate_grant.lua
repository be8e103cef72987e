-- Moves a grant to a new session and to the next generation of its refresh token. An earlier generation has leaked: the
-- grant ends (RFC 9700 section 4.14.2).
-- KEYS[1] grant
-- KEYS[2] oauth_session  the grant of the new session
-- KEYS[3] oauth_ends     grants by the moment at which to look whether they are over
-- ARGV[1] operation      id of this operation
-- ARGV[2] now            ms of the gateway's clock
-- ARGV[3] grant_id
-- ARGV[4] generation     of the refresh token that was shown
-- ARGV[5] session        digest of the new session
-- ARGV[6] expires_at     ms at which the grant ends unless it is used again
-- ARGV[7] retention      ms that Redis keeps it
-- ARGV[8] access_scope   of the new access token
-- Returns: ok; or gone; or reused
-- Publishes: nothing
-- Preludes: none
local grant = redis.call('HMGET', KEYS[1], 'generation', 'expires_at', 'op')
if not grant[1] or tonumber(grant[2]) <= tonumber(ARGV[2]) then return {'gone'} end
if grant[3] == ARGV[1] then return {'ok'} end
if grant[1] ~= ARGV[4] then return {'reused'} end
redis.call('HSET', KEYS[1], 'generation', grant[1] + 1, 'session', ARGV[5], 'expires_at', ARGV[6],
  'access_scope', ARGV[8], 'op', ARGV[1])
redis.call('ZADD', KEYS[3], ARGV[6], ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[7])
redis.call('SET', KEYS[2], ARGV[3], 'PX', ARGV[7])
return {'ok'}
