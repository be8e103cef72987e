-- Opens a session after a login by password.
-- KEYS[1] session
-- KEYS[2] account_sessions
-- ARGV[1] digest     SHA-256 of the token, hex
-- ARGV[2] retention  ms after which Redis forgets it
-- ARGV[3] fields     the session's fields, a JSON object of texts
-- ARGV[4] now        ms of the gateway's clock
-- Returns: ok
-- Publishes: nothing
-- Preludes: _session
local fields = {}
for name, value in pairs(cjson.decode(ARGV[3])) do
  fields[#fields + 1] = name
  fields[#fields + 1] = value
end
keep_session(KEYS[1], KEYS[2], ARGV[1], tonumber(ARGV[4]), ARGV[2], fields)
return {'ok'}
