-- Whether QR login is switched off, as gateway/pairing/qr_switch.py tells the scripts.

-- Whether it is off for this ticket's client, or for the account. `closed` is JSON, or empty where it is on for everybody;
-- `login_name` may be nil.
local function closed_to(closed, ticket, login_name)
  if closed == '' then return false end
  local off = cjson.decode(closed)
  if off.all or off.clients[ticket.client_name] or login_name and off.accounts[login_name] then return true end
  if not ticket.oauth or not next(off.clients) then return false end
  return off.clients[cjson.decode(ticket.oauth).client_id] ~= nil
end
