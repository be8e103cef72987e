-- Answers who a token belongs to, and marks its session as seen.
-- KEYS[1] session
-- ARGV[1] now  ms of the gateway's clock
-- Returns: ok and the session's fields as JSON, or unauthenticated
-- Publishes: nothing
-- Preludes: _session
local session = live_session(KEYS[1], tonumber(ARGV[1]))
if not session then return {'unauthenticated'} end
return {'ok', cjson.encode(session)}
