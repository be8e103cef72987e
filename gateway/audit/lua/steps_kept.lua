-- Tells that steps of the trail are in the database.
-- KEYS[1] trail
-- ARGV[1] group
-- ARGV[2] steps   their ids, with spaces between
-- ARGV[3] delete  whether they may go from the stream: 1, or 0
-- Returns: nothing
-- Publishes: nothing
local steps = {}
for step in string.gmatch(ARGV[2], '%S+') do steps[#steps + 1] = step end
redis.call('XACK', KEYS[1], ARGV[1], unpack(steps))
if ARGV[3] == '1' then redis.call('XDEL', KEYS[1], unpack(steps)) end
