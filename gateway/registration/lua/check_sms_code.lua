-- Tells whether a code is the one that was sent to this phone for this transaction; wrong ones are counted.
-- KEYS[1] sms  the transaction's code
-- ARGV[1] now    ms of the gateway's clock
-- ARGV[2] code   keyed hash of what was entered
-- ARGV[3] phone  keyed hash of the phone
-- ARGV[4] tries  wrong codes after which the code is void
-- ARGV[5] take   1 to use the code up, 0 to look only
-- Returns: ok, sms_code_invalid, or sms_code_expired
-- Publishes: nothing
-- Preludes: none
local sms = redis.call('HMGET', KEYS[1], 'code', 'phone', 'expires_at', 'tries')
if not sms[1] then return {'sms_code_invalid'} end
if tonumber(sms[3]) <= tonumber(ARGV[1]) then return {'sms_code_expired'} end
if sms[1] ~= ARGV[2] or sms[2] ~= ARGV[3] then
  if redis.call('HINCRBY', KEYS[1], 'tries', 1) >= tonumber(ARGV[4]) then
    redis.call('HDEL', KEYS[1], 'code')
  end
  return {'sms_code_invalid'}
end
if ARGV[5] == '1' then redis.call('DEL', KEYS[1]) end  -- what comes next in this session begins anew
return {'ok'}
