-- Tickets that are aimed at an account: its phones see them in a list, nobody scans them. After _rules and _ticket.
-- An aim is `account`, its id; `place`, of which there is one live ticket; `number`, where its client has chosen it; and
-- `remembered`, the id of the remembered computer that asks. `notify` is there where a client has to be told of each move.

local LISTED = 20  -- tickets of one account that its phones see at the most

-- The ms for which another ticket still takes the place of this one; nil where none does. `replaced` and its secret's
-- digest are of the ticket that the same request cancels.
local function place_taken(aim, replaced, replaced_digest, now, tombstone)
  local ticket_id = redis.call('GET', PREFIX .. 'place:' .. aim.place)
  local other = ticket_id and load_ticket(PREFIX .. 'ticket:' .. ticket_id)
  if not other or (other.key == replaced and other.secret_digest == replaced_digest) then return nil end
  settle(other, now, tombstone)
  if dead_code(other.state) then return nil end
  return tonumber(other.expires_at) - now
end

-- Show a new ticket to the account's phones, unless the account wants none now; the outcome for the audit log.
local function present(ticket, aim, now, retention)
  local account = PREFIX .. 'account:' .. aim.account
  redis.call('SET', PREFIX .. 'place:' .. aim.place, ticket.ticket_id, 'PX', retention)
  if ticket.notify then redis.call('ZADD', PREFIX .. 'oauth:notifications', ticket.expires_at, ticket.ticket_id) end
  if tonumber(redis.call('GET', account .. ':blocked') or '0') > now then return 'blocked' end
  local requests = account .. ':requests'
  redis.call('LPUSH', requests, ticket.ticket_id)
  redis.call('LTRIM', requests, 0, LISTED - 1)
  redis.call('PEXPIRE', requests, retention)
  return 'ok'
end
