-- Ends an attempt that begin_attempt let through: a wrong password counts and the last one locks, the
-- right one clears the count, and one that came to nothing changes neither.
-- KEYS[1] failures  of the account or unit
-- KEYS[2] turn      the evaluation that is under way
-- KEYS[3] ended     this attempt's end, for the same call sent again
-- ARGV[1] now        ms of the gateway's clock
-- ARGV[2] attempt    id of this attempt
-- ARGV[3] outcome    right, wrong or nothing
-- ARGV[4] tries      wrong passwords that lock
-- ARGV[5] lock       ms that a lock lasts
-- ARGV[6] retention  ms after which Redis forgets an untouched count
-- Returns: ok and the ms that a lock now lasts, 0 for none; or stale, where the attempt took too long to count as right
-- Publishes: nothing
local now = tonumber(ARGV[1])
local before = redis.call('GET', KEYS[3])
if before then return {before, locked_for(KEYS[1], now)} end
local mine = redis.call('GET', KEYS[2]) == ARGV[2]
if mine then redis.call('DEL', KEYS[2]) end
local code = 'ok'
if ARGV[3] == 'right' then
  -- Another attempt has begun since, perhaps failed: this one's success cannot be put before it.
  if mine then redis.call('DEL', KEYS[1]) else code = 'stale' end
elseif ARGV[3] == 'wrong' then
  local wrong = redis.call('HINCRBY', KEYS[1], 'wrong', 1)
  redis.call('HSET', KEYS[1], 'captcha_due', 1)
  if wrong >= tonumber(ARGV[4]) then
    redis.call('HSET', KEYS[1], 'locked_until', now + tonumber(ARGV[5]), 'wrong', 0)
  end
  redis.call('PEXPIRE', KEYS[1], ARGV[6])
end
redis.call('SET', KEYS[3], code, 'PX', 60000)
return {code, locked_for(KEYS[1], now)}
