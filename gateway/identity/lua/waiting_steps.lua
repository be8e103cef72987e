-- Reads the steps of the trail that may not be in the database yet.
-- KEYS[1] trail
-- ARGV[1] group    that moves them
-- ARGV[2] columns  of the database, with spaces between; detail is the last
-- Returns: their ids with spaces between, and their rows as JSON, oldest first
-- Publishes: nothing
local first = '-'
local groups = redis.pcall('XINFO', 'GROUPS', KEYS[1])  -- an error where there is no stream yet
for i = 1, groups.err and 0 or #groups do
  local told = {}
  for j = 1, #groups[i], 2 do told[groups[i][j]] = groups[i][j + 1] end
  if told.name == ARGV[1] then first = '(' .. told['last-delivered-id'] end
end
local pending = first ~= '-' and redis.call('XPENDING', KEYS[1], ARGV[1])
if pending and pending[1] > 0 then first = pending[2] end
return { rows_of(redis.call('XRANGE', KEYS[1], first, '+'), ARGV[2]) }
