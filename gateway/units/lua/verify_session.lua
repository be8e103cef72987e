-- Marks a client's session as verified for a unit, and notes it among the unit's sessions and in the audit log.
-- KEYS[1] session
-- KEYS[2] unit_sessions  sorted set: digests of sessions verified for the unit, by the ms at which they end
-- KEYS[3] audit_log
-- ARGV[1] now               ms of the gateway's clock
-- ARGV[2] digest            of the session
-- ARGV[3] taxpayer_id       of the unit
-- ARGV[4] via               how the account may act for it
-- ARGV[5] authorization_id  where that is an authorization; else empty
-- ARGV[6] password_version  of the unit's declaration password
-- ARGV[7] action            for the audit log
-- ARGV[8] address           the client's IP address
-- Returns: ok and the session's fields as JSON, or unauthenticated
-- Publishes: nothing
-- Preludes: gateway.accounts/_session
local now = tonumber(ARGV[1])
local session = live_session(KEYS[1], now)
if not session then return {'unauthenticated'} end
redis.call('HSET', KEYS[1], 'taxpayer_id', ARGV[3], 'via', ARGV[4], 'authorization_id', ARGV[5],
  'password_version', ARGV[6], 'verified_at', now)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
redis.call('ZADD', KEYS[2], session.expires_at, ARGV[2])
redis.call('PEXPIRE', KEYS[2], math.max(redis.call('PTTL', KEYS[2]), redis.call('PTTL', KEYS[1])))
redis.call('XADD', KEYS[3], 'MAXLEN', '~', 100000, '*', 'at', now, 'action', ARGV[7], 'outcome', 'ok',
  'address', ARGV[8], 'account_id', session.account_id, 'taxpayer_id', ARGV[3], 'via', ARGV[4],
  'session_id', session.session_id)
session.taxpayer_id, session.via, session.authorization_id = ARGV[3], ARGV[4], ARGV[5]
session.password_version, session.last_seen = ARGV[6], ARGV[1]
return {'ok', cjson.encode(session)}
