-- Changes the clock's setting and tells every worker, in one step: two changes at a time are both made, and
-- heard in the order in which they were made.
-- KEYS[1] clock
-- ARGV[1] advance  ms to move it on; empty to set it
-- ARGV[2] setting  JSON of offset_ms and frozen_ms to set; empty to move it on
-- ARGV[3] channel  where workers listen
-- ARGV[4] answers  key under which they answer
-- Returns: how many workers were told
-- Publishes: the new setting
-- Preludes: none
local setting
if ARGV[1] == '' then
  setting = cjson.decode(ARGV[2])
else
  setting = cjson.decode(redis.call('GET', KEYS[1]) or '{"offset_ms": 0}')
  local milliseconds = tonumber(ARGV[1])
  setting.offset_ms = setting.offset_ms + milliseconds
  if type(setting.frozen_ms) == 'number' then setting.frozen_ms = setting.frozen_ms + milliseconds end
end
redis.call('SET', KEYS[1], cjson.encode(setting))
setting.kind = 'clock'
setting.answers = ARGV[4]
return redis.call('PUBLISH', ARGV[3], cjson.encode(setting))
