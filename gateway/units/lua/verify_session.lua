-- Marks a client's session as verified for a unit.
-- KEYS[1] session
-- ARGV[1] now          ms of the gateway's clock
-- ARGV[2] taxpayer_id  of the unit
-- ARGV[3] via          how the account may act for it
-- Returns: ok and the session's fields as JSON, or unauthenticated
-- Publishes: nothing
local session = live_session(KEYS[1], tonumber(ARGV[1]))
if not session then return {'unauthenticated'} end
redis.call('HSET', KEYS[1], 'taxpayer_id', ARGV[2], 'via', ARGV[3], 'verified_at', ARGV[1])
session.taxpayer_id, session.via = ARGV[2], ARGV[3]
return {'ok', cjson.encode(session)}
