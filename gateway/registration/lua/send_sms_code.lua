-- Keeps a new code for a transaction, unless the last one was sent too short a time ago or too many were.
-- KEYS[1] sms       the transaction's code
-- KEYS[2] day  bucket of the messages to this phone, or to whom an identity was claimed of
-- ARGV[1] now        ms of the gateway's clock
-- ARGV[2] code       keyed hash of the code
-- ARGV[3] phone      keyed hash of the phone that it is sent to
-- ARGV[4] lifetime   ms that the code is valid
-- ARGV[5] interval   ms between two codes
-- ARGV[6] most       codes of one transaction
-- ARGV[7] day_most   codes of that bucket in a day
-- ARGV[8] retention  ms after which Redis forgets the transaction's count
-- Returns: ok and the ms until the next one may be asked for; or rate_limited and the ms to wait, -1 for no more
-- Publishes: nothing
-- Preludes: gateway.throttling/_bucket
local now = tonumber(ARGV[1])
local DAY = 86400000
local last = redis.call('HMGET', KEYS[1], 'sent_at', 'sent', 'code')
-- The same call sent again after a cut connection.
if last[1] == ARGV[1] and last[3] == ARGV[2] then return {'ok', tonumber(ARGV[5])} end
local sent = tonumber(last[2] or '0')
if sent >= tonumber(ARGV[6]) then return {'rate_limited', -1} end
local sent_at = tonumber(last[1] or now)
local wait = last[1] and sent_at <= now and sent_at + tonumber(ARGV[5]) - now or 0  -- a clock set back knows no last one
if wait > 0 then return {'rate_limited', wait} end
local per_message = DAY / tonumber(ARGV[7])
local level = bucket_empty_at(KEYS[2], now) + per_message
if level > now + DAY + 0.5 then return {'rate_limited', math.ceil(level - now - DAY)} end
keep_bucket(KEYS[2], level, now, DAY)
redis.call('HSET', KEYS[1], 'code', ARGV[2], 'phone', ARGV[3], 'expires_at', now + tonumber(ARGV[4]),
  'tries', 0, 'sent_at', now, 'sent', sent + 1)
redis.call('PEXPIRE', KEYS[1], ARGV[8])
return {'ok', tonumber(ARGV[5])}
