-- Wrong passwords: counting, captchas and locks, alike for accounts and for units.
-- There are two counts (docs/decisions/0018-one-count-a-name.md), in hashes that are one where there is but one name:
-- that of the name which the password was tried under, `wrong` (since the last success or lock), `captcha_due` and
-- `locked_until` (ms), which callers see; and that of the account or unit by all its names, `tried` and
-- `closed_until` (ms), which no answer gives away.

-- Take the captcha at `key` if `answer` and `bound` are those it was issued with; it is gone whatever comes of it.
local function take_captcha(key, answer, bound, now)
  local captcha = redis.call('HMGET', key, 'answer', 'bound', 'expires_at')
  redis.call('DEL', key)
  return captcha[1] and captcha[1] == answer and captcha[2] == bound and tonumber(captcha[3]) > now
end

-- Ms that a lock in the field `deadline` at `key` still lasts; 0 where there is none.
local function locked_for(key, now, deadline)
  local until_ms = tonumber(redis.call('HGET', key, deadline) or '0')
  return math.max(0, until_ms - now)
end

-- Wrong passwords under the name at `key` since the last success or lock.
local function wrong_under(key)
  return tonumber(redis.call('HGET', key, 'wrong') or '0')
end

-- Count one more in the field `count` at `key`; so many as `tries` set the field `deadline` and begin again.
local function count_wrong(key, count, tries, deadline, until_ms, retention)
  if redis.call('HINCRBY', key, count, 1) >= tries then
    redis.call('HSET', key, deadline, until_ms, count, 0)
  end
  redis.call('PEXPIRE', key, retention)
end
