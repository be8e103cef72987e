-- Takes a ticket of whose state a client may have to be told. For a while nobody else gets it: in real time, as a client
-- is waited for.
-- KEYS[1] oauth_notifications
-- ARGV[1] lease_prefix  begins the key of each lease
-- ARGV[2] now           ms of the gateway's clock
-- ARGV[3] lease         ms
-- Returns: ok, and the ticket or nothing
-- Publishes: nothing
-- Preludes: none
for _, ticket_id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[2], 'LIMIT', 0, 64)) do
  if redis.call('SET', ARGV[1] .. ticket_id, 1, 'NX', 'PX', ARGV[3]) then return {'ok', ticket_id} end
end
return {'ok', ''}
