-- Gives a worker events of the audit log to move into the database; they are its own until it has kept them.
-- KEYS[1] audit_log
-- ARGV[1] group
-- ARGV[2] worker
-- ARGV[3] count         at most so many
-- ARGV[4] abandoned_ms  first of all those that another worker has held for so long; empty leaves them
-- ARGV[5] columns       of the database, with spaces between; detail is the last
-- Returns: whether they are such (1 or 0), their ids with spaces between, their rows as JSON, and how many steps are
--          not kept yet, these included
-- Publishes: nothing
local function take()
  return redis.pcall('XREADGROUP', 'GROUP', ARGV[1], ARGV[2], 'COUNT', ARGV[3], 'STREAMS', KEYS[1], '>')
end

-- Those that workers hold, and those that none has taken; Redis 6.2 does not tell the latter: all that are there.
local function not_kept()
  for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
    local told = {}
    for i = 1, #group, 2 do told[group[i]] = group[i + 1] end
    if told.name == ARGV[1] and told.lag then return told.pending + told.lag end
  end
  return redis.call('XLEN', KEYS[1])
end

if ARGV[4] ~= '' then
  local claimed = redis.pcall('XAUTOCLAIM', KEYS[1], ARGV[1], ARGV[2], ARGV[4], '0', 'COUNT', ARGV[3])
  if not claimed.err and #claimed[2] > 0 then
    local ids, rows = rows_of(claimed[2], ARGV[5])
    return { 1, ids, rows, not_kept() }
  end
end
local taken = take()
if taken and taken.err and string.find(taken.err, 'NOGROUP', 1, true) then
  redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[1], '0', 'MKSTREAM')
  taken = take()
end
if taken and taken.err then return taken end
local ids, rows = rows_of(taken and taken[1][2] or {}, ARGV[5])
return { 0, ids, rows, not_kept() }
