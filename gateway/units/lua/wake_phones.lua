-- Tells every worker at which a phone of an account waits for a message that there is one.
-- KEYS[1] waiting_phones  set of workers
-- ARGV[1] channel  what a worker's channel begins with
-- ARGV[2] message
-- Returns: nothing
-- Publishes: the message, to each of these workers
for _, worker in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  redis.call('PUBLISH', ARGV[1] .. worker, ARGV[2])
end
