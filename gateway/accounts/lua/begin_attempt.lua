-- Lets one attempt at a password through to be evaluated, or refuses it before anything is computed.
-- Attempts under one name are evaluated one after the other, on however many workers: what the first
-- one's outcome is, decides what the next one needs. Attempts under other names of the same account go on beside
-- them, and those under way count as wrong ones until they have ended.
-- KEYS[1] shown    failures of the name that was used
-- KEYS[2] turn     the evaluation under this name that is under way
-- KEYS[3] captcha  the one that the attempt brings
-- KEYS[4] counted  failures of the account or unit, whatever the name
-- KEYS[5] pending  sorted set: its evaluations under way, by the ms of real time at which they are given up
-- ARGV[1] now      ms of the gateway's clock
-- ARGV[2] attempt  id of this attempt
-- ARGV[3] lease    ms of real time after which an evaluation whose worker died is given up
-- ARGV[4] answer   keyed hash of the captcha's answer; empty where none was given
-- ARGV[5] bound    what a captcha for this attempt is bound to
-- ARGV[6] tries    wrong passwords that lock
-- Returns: ok; or blind, where it is to be answered like a wrong password and not evaluated;
--   or locked and the ms that it lasts; or busy, captcha_required, captcha_invalid
-- Publishes: nothing
-- Preludes: _attempt
local now = tonumber(ARGV[1])
local locked = locked_for(KEYS[1], now, 'locked_until')
if locked > 0 then return {'locked', locked} end
local turn = redis.call('GET', KEYS[2])
if turn and turn ~= ARGV[2] then return {'busy', 0} end
if redis.call('HGET', KEYS[1], 'captcha_due') and not turn then
  if ARGV[4] == '' then return {'captcha_required', 0} end
  if not take_captcha(KEYS[3], ARGV[4], ARGV[5], now) then return {'captcha_invalid', 0} end
elseif ARGV[4] ~= '' then
  redis.call('DEL', KEYS[3])
end
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
local time = redis.call('TIME')
local real = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[5], '-inf', real)
redis.call('ZREM', KEYS[5], ARGV[2])
local tried = tonumber(redis.call('HGET', KEYS[4], 'tried') or '0') + redis.call('ZCARD', KEYS[5])
if locked_for(KEYS[4], now, 'closed_until') > 0 or tried >= tonumber(ARGV[6]) then return {'blind', 0} end
redis.call('ZADD', KEYS[5], real + ARGV[3], ARGV[2])
redis.call('PEXPIRE', KEYS[5], ARGV[3])
return {'ok', 0}
