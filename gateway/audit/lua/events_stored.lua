-- Tells that events of the audit log are in the database.
-- KEYS[1] audit_log
-- ARGV[1] group
-- ARGV[2] events   their ids, with spaces between
-- ARGV[3] delete  whether they may go from the stream: 1, or 0
-- Returns: nothing
-- Publishes: nothing
-- Preludes: none
local events = {}
for event in string.gmatch(ARGV[2], '%S+') do events[#events + 1] = event end
redis.call('XACK', KEYS[1], ARGV[1], unpack(events))
if ARGV[3] == '1' then redis.call('XDEL', KEYS[1], unpack(events)) end
