-- Uses up a one-time code of a phone: never the same one, nor one before it (RFC 6238 section 5.2).
-- KEYS[1] session  the phone's
-- ARGV[1] now         ms of the gateway's clock
-- ARGV[2] otp_step    time step that the code is of: see _otp.lua
-- ARGV[3] operation   id of this call, so that the same call sent again gets its answer
-- ARGV[4] otp_limits  of wrong codes: see _otp.lua
-- Returns: ok, otp_invalid, otp_tries_exhausted, rate_limited and the ms to wait, or unauthenticated
-- Publishes: nothing
-- Preludes: gateway.accounts/_session, gateway.accounts/_otp
local session = live_session(KEYS[1], tonumber(ARGV[1]))
if not session then return {'unauthenticated', 0} end
if session.otp_operation == ARGV[3] then return {'ok', 0} end
local wrong, wait = take_otp(session, KEYS[1], tonumber(ARGV[2]), tonumber(ARGV[1]), ARGV[4])
if wrong then return {wrong, wait or 0} end
redis.call('HSET', KEYS[1], 'otp_operation', ARGV[3])
return {'ok', 0}
