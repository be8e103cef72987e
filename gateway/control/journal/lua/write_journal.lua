-- Writes an entry into the journal, after those events of the audit log that it has not taken over yet: so a
-- transition stands between the request that led to it and that request's answer, whichever worker it was.
-- KEYS[1] journal  stream of entries under ids `{seq}-0`
-- KEYS[2] place    hash: `seq`, the last entry's number; `trail`, the last event taken over
-- KEYS[3] audit_log
-- ARGV[1] entry   JSON; empty takes over the audit log alone
-- ARGV[2] length  entries that are kept, about
-- Returns: the number of the last entry, and the last step taken over
-- Publishes: nothing
-- Preludes: none
local seq = tonumber(redis.call('HGET', KEYS[2], 'seq') or '0')
local taken = redis.call('HGET', KEYS[2], 'trail') or '0-0'
local before = taken

local function add(entry)
  seq = seq + 1
  redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], string.format('%d-0', seq), 'entry', entry)
end

for _, step in ipairs(redis.call('XRANGE', KEYS[3], '(' .. taken, '+')) do
  taken = step[1]
  local flat, fields = step[2], {}
  for i = 1, #flat, 2 do fields[flat[i]] = flat[i + 1] end
  local body = {outcome = fields.outcome}
  for name, value in pairs(fields) do
    if value ~= '' and name ~= 'at' and name ~= 'action' and name ~= 'ticket_id' and name ~= 'traceparent' then
      body[name] = value
    end
  end
  if body.version then body.version = tonumber(body.version) end
  add(cjson.encode({
    at = tonumber(fields.at), kind = 'transition', lane_from = 'gateway', lane_to = 'redis',
    name = fields.action, ticket_id = fields.ticket_id ~= '' and fields.ticket_id or nil, body = body,
    trace_id = fields.traceparent and string.sub(fields.traceparent, 4, 35),
  }))
end
if ARGV[1] ~= '' then add(ARGV[1]) end
if ARGV[1] ~= '' or taken ~= before then redis.call('HSET', KEYS[2], 'seq', seq, 'trail', taken) end
return {seq, taken}
