-- Ends an attempt that begin_attempt let through: a wrong password counts and the last one locks, the
-- right one clears the counts, and one that came to nothing changes neither.
-- KEYS[1] shown         failures of the name that was used
-- KEYS[2] turn          the evaluation under this name that is under way
-- KEYS[3] ended         this attempt's end, for the same call sent again
-- KEYS[4] counted       failures of the account or unit, whatever the name
-- KEYS[5] pending       its evaluations under way
-- KEYS[6] other         failures of another of its names, or of the same
-- KEYS[7] other_still   and of yet another
-- ARGV[1] now        ms of the gateway's clock
-- ARGV[2] attempt    id of this attempt
-- ARGV[3] outcome    right, wrong, blind (answered like wrong, and not evaluated) or nothing
-- ARGV[4] tries      wrong passwords that lock
-- ARGV[5] lock       ms that a lock lasts
-- ARGV[6] retention  ms after which Redis forgets an untouched count
-- Returns: ok, the ms that a lock now lasts (0 for none), and the wrong passwords under this name since the last success;
--   or stale and the same, where the attempt took too long to count as right
-- Publishes: nothing
-- Preludes: _attempt
local now = tonumber(ARGV[1])
local before = redis.call('GET', KEYS[3])
if before then return {before, locked_for(KEYS[1], now, 'locked_until'), wrong_under(KEYS[1])} end
local mine = redis.call('GET', KEYS[2]) == ARGV[2]
if mine then redis.call('DEL', KEYS[2]) end
local pending = redis.call('ZREM', KEYS[5], ARGV[2]) == 1
local code = 'ok'
if ARGV[3] == 'right' then
  -- Another attempt has begun since, perhaps failed: this one's success cannot be put before it.
  if mine and pending then redis.call('DEL', KEYS[1], KEYS[4], KEYS[6], KEYS[7]) else code = 'stale' end
elseif ARGV[3] ~= 'nothing' then
  local tries, until_ms = tonumber(ARGV[4]), now + tonumber(ARGV[5])
  redis.call('HSET', KEYS[1], 'captcha_due', 1)
  count_wrong(KEYS[1], 'wrong', tries, 'locked_until', until_ms, ARGV[6])
  if ARGV[3] == 'wrong' then count_wrong(KEYS[4], 'tried', tries, 'closed_until', until_ms, ARGV[6]) end
end
redis.call('SET', KEYS[3], code, 'PX', 60000)
return {code, locked_for(KEYS[1], now, 'locked_until'), wrong_under(KEYS[1])}
