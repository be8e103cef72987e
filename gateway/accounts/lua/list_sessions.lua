-- Lists the sessions of an account that are in force, without marking them as seen.
-- KEYS[1] account_sessions
-- ARGV[1] prefix  begins every key
-- ARGV[2] now     ms of the gateway's clock
-- Returns: ok, then for each session its digest and its fields as JSON
-- Publishes: nothing
-- Preludes: _session
local now = tonumber(ARGV[2])
local found = {'ok'}
for _, digest in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  local session = read_hash(ARGV[1] .. 'session:' .. digest)
  if not session then
    redis.call('SREM', KEYS[1], digest)
  elseif in_force(session, now) then
    found[#found + 1] = digest
    found[#found + 1] = cjson.encode(session)
  end
end
return found
