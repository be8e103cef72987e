-- Tells whose session a claim of this ticket would open, and changes nothing.
-- KEYS[1] ticket
-- ARGV[1] secret_digest  SHA-256 of the claim secret, hex
-- Returns: the account of the phone that scanned it; empty where there is none, and for a wrong secret
-- Publishes: nothing
-- Preludes: none
local ticket = redis.call('HMGET', KEYS[1], 'secret_digest', 'account_id')
return ticket[1] == ARGV[1] and ticket[2] or ''
