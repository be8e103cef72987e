-- Lets one attempt at a password through to be evaluated, or refuses it before anything is computed.
-- Attempts on one subject are evaluated one after the other, on however many workers: what the first
-- one's outcome is, decides what the next one needs.
-- KEYS[1] failures  of the account or unit
-- KEYS[2] turn      the evaluation that is under way
-- KEYS[3] captcha   the one that the attempt brings
-- ARGV[1] now      ms of the gateway's clock
-- ARGV[2] attempt  id of this attempt
-- ARGV[3] lease    ms of real time after which an evaluation whose worker died is given up
-- ARGV[4] answer   keyed hash of the captcha's answer; empty where none was given
-- ARGV[5] bound    what a captcha for this attempt is bound to
-- Returns: ok; or locked and the ms that it lasts; or busy, captcha_required, captcha_invalid
-- Publishes: nothing
local now = tonumber(ARGV[1])
local locked = locked_for(KEYS[1], now)
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
return {'ok', 0}
