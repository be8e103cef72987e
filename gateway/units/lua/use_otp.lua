-- Uses up a one-time code of a phone: never the same one, nor one before it (RFC 6238 section 5.2).
-- KEYS[1] session  the phone's
-- ARGV[1] now        ms of the gateway's clock
-- ARGV[2] otp_step   time step that the code is of; 0 where it fits none
-- ARGV[3] operation  id of this call, so that the same call sent again gets its answer
-- Returns: ok, otp_invalid, or unauthenticated
-- Publishes: nothing
local session = live_session(KEYS[1], tonumber(ARGV[1]))
if not session then return {'unauthenticated'} end
if session.otp_operation == ARGV[3] then return {'ok'} end
if tonumber(ARGV[2]) <= tonumber(session.otp_step or '0') then return {'otp_invalid'} end
redis.call('HSET', KEYS[1], 'otp_step', ARGV[2], 'otp_operation', ARGV[3])
return {'ok'}
