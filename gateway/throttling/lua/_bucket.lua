-- A leaky bucket: the ms at which it is empty again, and the ms at which that was written.

-- The ms at which the bucket is empty. Where the clock was set back since, what was in it is still in it.
local function bucket_empty_at(key, now)
  local empty_at, written = string.match(redis.call('GET', key) or '', '^(%S+) (%S+)$')
  if not empty_at then return now end
  return math.max(now, tonumber(empty_at) - math.max(0, tonumber(written) - now))
end

local function keep_bucket(key, empty_at, now, window)
  if empty_at > now then
    redis.call('SET', key, string.format('%.3f %d', empty_at, now), 'PX', math.ceil(window))
  else
    redis.call('DEL', key)
  end
end
