-- Gives a worker steps of the trail to move into the database; they are its own until it has kept them.
-- KEYS[1] trail
-- ARGV[1] group
-- ARGV[2] worker
-- ARGV[3] count         at most so many
-- ARGV[4] abandoned_ms  where there is none: those that another worker has held for so long; empty leaves them
-- Returns: entries, each its id and a list of names and values; of those that are gone meanwhile, nil
-- Publishes: nothing
local function take()
  return redis.pcall('XREADGROUP', 'GROUP', ARGV[1], ARGV[2], 'COUNT', ARGV[3], 'STREAMS', KEYS[1], '>')
end

local taken = take()
if taken and taken.err and string.find(taken.err, 'NOGROUP', 1, true) then
  redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[1], '0', 'MKSTREAM')
  taken = take()
end
if taken and taken.err then return taken end
if taken then return taken[1][2] end
if ARGV[4] == '' then return {} end
return redis.call('XAUTOCLAIM', KEYS[1], ARGV[1], ARGV[2], ARGV[4], '0', 'COUNT', ARGV[3])[2]
