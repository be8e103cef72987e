-- Tells every worker at which phones of accounts wait for a message that there is one.
-- KEYS[1] waiting_phones  what the names of the sets of workers begin with
-- ARGV[1] channel   what a worker's channel begins with
-- ARGV[2] accounts  with spaces between
-- ARGV[3] kind      of the publication
-- Returns: nothing
-- Publishes: kind and account_id, to each of these workers
-- Preludes: none
for account in string.gmatch(ARGV[2], '%S+') do
  for _, worker in ipairs(redis.call('SMEMBERS', KEYS[1] .. account)) do
    redis.call('PUBLISH', ARGV[1] .. worker, cjson.encode({ kind = ARGV[3], account_id = account }))
  end
end
