-- What a session is in Redis.

-- A hash as a table; nil where there is none.
local function read_hash(key)
  local flat = redis.call('HGETALL', key)
  if #flat == 0 then return nil end
  local fields = {}
  for i = 1, #flat, 2 do fields[flat[i]] = flat[i + 1] end
  return fields
end

-- Whether neither the session's deadline nor its idle limit has passed at `now` (ms).
local function in_force(session, now)
  local idle = tonumber(session.idle_ms)
  return tonumber(session.expires_at) > now and (idle <= 0 or tonumber(session.last_seen) + idle > now)
end

-- The session at `key` if it is in force at `now` (ms), else nil. It is marked as seen.
local function live_session(key, now)
  local session = read_hash(key)
  if not session or not in_force(session, now) then return nil end
  redis.call('HSET', key, 'last_seen', now)
  return session
end

-- Of the sessions that an account is said to have, look at so many at each new one: those that are over go.
local LOOKED_AT = 3

-- Take sessions that are over at `now` (ms) out of the account's list, before their number grows without end.
local function tidy(index_key, sessions, now)
  for _, digest in ipairs(redis.call('SRANDMEMBER', index_key, LOOKED_AT)) do
    local expires_at = tonumber(redis.call('HGET', sessions .. digest, 'expires_at') or '0')
    if expires_at <= now then
      redis.call('DEL', sessions .. digest)
      redis.call('SREM', index_key, digest)
    end
  end
end

-- Keep a session: `fields` is a flat list of names and values. `retention` (ms) is Redis's own deadline.
local function keep_session(key, index_key, digest, now, retention, fields)
  tidy(index_key, string.sub(key, 1, -#digest - 1), now)
  redis.call('HSET', key, unpack(fields))
  redis.call('PEXPIRE', key, retention)
  redis.call('SADD', index_key, digest)
  if redis.call('PTTL', index_key) < tonumber(retention) then redis.call('PEXPIRE', index_key, retention) end
end
