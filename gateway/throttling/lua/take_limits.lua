-- Counts a call against up to four limits at once, against all or none of them; each lets through `most`
-- calls at once and as many again evenly over `window` (a leaky bucket, RFC 2697's shape in one number).
-- A call that turns out well is given back: people behind one address do not use up each other's.
-- KEYS[1] first   bucket
-- KEYS[2] second  bucket
-- KEYS[3] third   bucket
-- KEYS[4] fourth  bucket
-- ARGV[1] now   ms of the gateway's clock
-- ARGV[2] cost  1 to take, -1 to give back
-- ARGV[3] most  JSON array of the most calls of each bucket; 0 is no limit
-- ARGV[4] windows  JSON array of the windows in ms
-- Returns: ok and 0; or rate_limited and the ms to wait
-- Publishes: nothing
-- Preludes: _bucket
local now, cost = tonumber(ARGV[1]), tonumber(ARGV[2])
local most, windows = cjson.decode(ARGV[3]), cjson.decode(ARGV[4])
local empty_at, wait = {}, 0
for i = 1, 4 do
  if most[i] > 0 then
    local per_call = windows[i] / most[i]
    empty_at[i] = math.max(now, bucket_empty_at(KEYS[i], now) + cost * per_call)
    wait = math.max(wait, empty_at[i] - (now + windows[i]))
  end
end
-- Fractions of a millisecond are rounding, not a call too many.
if cost > 0 and wait > 0.5 then return {'rate_limited', math.ceil(wait)} end
for i, level in pairs(empty_at) do keep_bucket(KEYS[i], level, now, windows[i]) end
return {'ok', 0}
