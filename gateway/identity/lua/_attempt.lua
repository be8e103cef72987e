-- Wrong passwords: counting, captchas and locks, alike for accounts and for units. Put before every
-- script that begins or ends an attempt.
-- A failures hash holds `wrong` (since the last success or lock), `captcha_due` and `locked_until` (ms).

-- Take the captcha at `key` if `answer` and `bound` are those it was issued with; it is gone whatever comes of it.
local function take_captcha(key, answer, bound, now)
  local captcha = redis.call('HMGET', key, 'answer', 'bound', 'expires_at')
  redis.call('DEL', key)
  return captcha[1] and captcha[1] == answer and tonumber(captcha[3]) > now
    and (captcha[2] == '' or captcha[2] == bound)
end

-- Ms that a lock at `key` still lasts; 0 where there is none.
local function locked_for(key, now)
  local until_ms = tonumber(redis.call('HGET', key, 'locked_until') or '0')
  return math.max(0, until_ms - now)
end
