-- Ends sessions of one account: those named, or all.
-- KEYS[1] account_sessions
-- ARGV[1] prefix   begins every key
-- ARGV[2] digests  JSON array of digests; an empty one means all
-- ARGV[3] except   digest of a session to spare, or empty
-- Returns: ok, then the digests of the sessions that were in force
-- Publishes: nothing
-- Preludes: none
local digests = cjson.decode(ARGV[2])
if #digests == 0 then digests = redis.call('SMEMBERS', KEYS[1]) end
local ended = {'ok'}
for _, digest in ipairs(digests) do
  if digest ~= ARGV[3] and redis.call('SREM', KEYS[1], digest) == 1 then
    if redis.call('DEL', ARGV[1] .. 'session:' .. digest) == 1 then ended[#ended + 1] = digest end
  end
end
return ended
