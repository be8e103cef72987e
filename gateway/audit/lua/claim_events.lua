-- Gives a worker events of the audit log to move into the database; they are its own until it has kept them.
-- KEYS[1] audit_log
-- ARGV[1] group
-- ARGV[2] worker
-- ARGV[3] count         at most so many
-- ARGV[4] abandoned_ms  first of all those that another worker has held for so long; empty leaves them
-- ARGV[5] columns       of the database, with spaces between; detail is the last
-- Returns: whether they are such (1 or 0), their ids with spaces between, and their rows as JSON
-- Publishes: nothing
-- Preludes: _events
local function take()
  return redis.pcall('XREADGROUP', 'GROUP', ARGV[1], ARGV[2], 'COUNT', ARGV[3], 'STREAMS', KEYS[1], '>')
end

if ARGV[4] ~= '' then
  local claimed = redis.pcall('XAUTOCLAIM', KEYS[1], ARGV[1], ARGV[2], ARGV[4], '0', 'COUNT', ARGV[3])
  if not claimed.err and #claimed[2] > 0 then return { 1, rows_of(claimed[2], ARGV[5]) } end
end
local taken = take()
if taken and taken.err and string.find(taken.err, 'NOGROUP', 1, true) then
  redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[1], '0', 'MKSTREAM')
  taken = take()
end
if taken and taken.err then return taken end
return { 0, rows_of(taken and taken[1][2] or {}, ARGV[5]) }
