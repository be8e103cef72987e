-- What a ticket is in Redis, and how it moves. Which action leads where is in _rules, which is rendered from
-- gateway/pairing/model.py. Named by every script on tickets, after gateway.accounts/_session and _rules.
-- KEYS[1] is a ticket in each of them; the names of other keys that a ticket leads to begin like it.

local NOTHING = {}
local PREFIX = string.match(KEYS[1], '^(.-)ticket:')

-- The body of `ticket_state`, as a table.
local function state_of(ticket, now)
  local body = {
    ticket_id = ticket.ticket_id, state = ticket.state,
    version = tonumber(ticket.version), at = tonumber(ticket.at),
  }
  if not dead_code(ticket.state) then
    body.expires_at = tonumber(ticket.expires_at)
    body.expires_in = math.max(0, math.ceil((body.expires_at - now) / 1000))
  end
  if ticket.display_name and ticket.state ~= 'cancelled' and ticket.state ~= 'expired' then
    body.scanned_by = {display_name = ticket.display_name, initial = ticket.initial}
  end
  if ticket.state == 'scanned' and ticket.number then body.number = ticket.number end
  if ticket.state == 'confirmed' and ticket.returns then body.claim_code_required = true end
  body.reason = ticket.reason
  body.traceparent = ticket.traceparent
  return body
end

-- Tell every worker that holds a socket or a poll of this ticket.
local function publish(ticket, now)
  if not ticket.watchers then return end
  local message = 't' .. ticket.ticket_id .. cjson.encode(state_of(ticket, now))
  for worker in string.gmatch(ticket.watchers, '%S+') do
    redis.call('PUBLISH', PREFIX .. 'worker:' .. worker, message)
  end
end

-- What only some events have: whether the ticket is targeted, and its traceparent.
local function rare_fields(ticket)
  if not ticket.target and not ticket.traceparent then return NOTHING end
  local fields = {}
  if ticket.target then fields = {'targeted', '1'} end
  if ticket.traceparent then
    fields[#fields + 1] = 'traceparent'
    fields[#fields + 1] = ticket.traceparent
  end
  return fields
end

-- Add an event to the audit log: actor, action, ticket, address and outcome. `took` is of a ticket that has entered its
-- state by this event: ms since the state before.
local function record(ticket, action, outcome, now, address, took)
  redis.call('XADD', PREFIX .. 'trail', 'MAXLEN', '~', 100000, '*',
    'at', now, 'action', 'ticket.' .. action, 'outcome', outcome, 'address', address,
    'ticket_id', ticket.ticket_id, 'state', ticket.state, 'version', ticket.version,
    'account_id', ticket.account_id or ticket.target or '', 'device_id', ticket.device_id or '',
    'session_id', ticket.session_id or '', 'took_ms', took or '',
    'age_ms', took and now - tonumber(ticket.requested_at) or '',
    unpack(rare_fields(ticket)))
end

-- Move the ticket on by `action`; `changes` are fields that change beside state and reason. Scripts have asked `decide`
-- before: a transition that the rules do not have is a fault of the gateway, and nothing is changed.
local function move(ticket, action, now, tombstone, address, changes)
  local to, reason, recorded_as = transition(ticket.state, action)
  if not to then error('no transition: ' .. action .. ' of a ticket that is ' .. ticket.state) end
  changes = changes or {}
  local took = now - tonumber(ticket.at)
  changes.reason = reason
  changes.state = to
  changes.version = tonumber(ticket.version) + 1
  changes.at = now
  local flat = {}
  for name, value in pairs(changes) do
    ticket[name] = tostring(value)
    flat[#flat + 1] = name
    flat[#flat + 1] = ticket[name]
  end
  redis.call('HSET', ticket.key, unpack(flat))
  redis.call('PEXPIRE', ticket.key, math.max(tonumber(ticket.expires_at) - now, 0) + tombstone)
  ticket.moved = true
  if ticket.notify then redis.call('ZADD', PREFIX .. 'oauth:notifications', now, ticket.ticket_id) end
  publish(ticket, now)
  record(ticket, recorded_as, 'ok', now, address, took)
end

-- The deadline of a state that begins now and lasts `lifetime` ms, within the ticket's life in all. One that was promised
-- its whole life (RFC 8628 section 3.2, `expires_in`) keeps it.
local function deadline(ticket, now, lifetime)
  if ticket.whole_life then return tonumber(ticket.hard_deadline) end
  return math.min(now + lifetime, tonumber(ticket.hard_deadline))
end

-- A live ticket whose deadline has passed expires before anything else is looked at.
local function settle(ticket, now, tombstone)
  if now >= tonumber(ticket.expires_at) and transition(ticket.state, 'expire') then
    move(ticket, 'expire', now, tombstone, '')
  end
end

-- A refusal: the code, and the ticket's present state beside it; and its traceparent, which the caller's trace joins.
local function refuse(code, ticket, now)
  if not ticket then return {code, ''} end
  return {code, cjson.encode({state = ticket.state, version = tonumber(ticket.version)}), ticket.traceparent}
end

-- What `decide` says of a phone's action; another phone's attempt is in the audit log.
local function decide_for_phone(ticket, action, session, now, address)
  local to, code = decide(ticket, action, not ticket.device_id or ticket.device_id == session.device_id)
  if code == 'ticket_taken' then record(ticket, action, code, now, address) end
  return to, code
end

-- Refuse as unknown; too many of these from one address in this minute are told so (RFC 8628 section 5.1).
local function unknown(counter_key, limit)
  limit = tonumber(limit)
  if limit > 0 then
    local misses = redis.call('INCR', counter_key)
    if misses == 1 then redis.call('PEXPIRE', counter_key, 120000) end
    if misses > limit then return {'rate_limited', ''} end
  end
  return {'ticket_not_found', ''}
end

-- Answer `body`, and the ticket's traceparent beside it; where the ticket has moved, keep it under the operation's id for
-- the same operation sent again.
local function done(ticket, operation, body)
  local answer = cjson.encode(body)
  if ticket.moved then redis.call('HSET', ticket.key, 'op:' .. operation, answer) end
  return {'ok', answer, ticket.traceparent}
end

-- The ticket at `key`, else nil.
local function load_ticket(key)
  local ticket = read_hash(key)
  if ticket then ticket.key = key end
  return ticket
end

-- The same for a phone: a ticket that is aimed at another account looks unknown to it.
local function phones_ticket(key, session)
  local ticket = load_ticket(key)
  if ticket and ticket.target and ticket.target ~= session.account_id then return nil end
  return ticket
end

-- How a ticket matches its number: one that nobody has scanned requires it, whatever the setting.
local function matching_of(ticket, setting)
  return ticket.target and 'require' or setting
end

-- The ticket at `key` for a client that knows its secret: to another it looks unknown.
local function own_ticket(key, secret_digest)
  local ticket = load_ticket(key)
  if ticket and ticket.secret_digest == secret_digest then return ticket end
  return nil
end
