-- Wrong one-time codes of a phone, counted whatever they were for. A list of moments (ms, with spaces between) tells
-- how many there were in the window before `now`.
local OTP_MS = 30000 -- of a time step

-- The moments of `list` that lie in the window; those that a clock set back has put into the future too.
local function recent(list, now, window)
  local kept = {}
  for moment in string.gmatch(list or '', '%S+') do
    if tonumber(moment) > now - window then kept[#kept + 1] = moment end
  end
  return kept
end

-- Use up a phone's code of time step `step`; 0 is one that fits none, a negative one fits a near step, which the refusal
-- tells of: such a step serves no more, or a guesser would learn which code to come back with. `session` is in force and
-- kept at `key`;
-- `limits` are a JSON array: the ms of the window, and the wrong codes in it that log the phone out, and those after
-- which no code of any phone of the account is looked at.
-- Returns nil where the code is good, never the same one nor one before it (RFC 6238 section 5.2), or the refusal:
-- otp_invalid, otp_tries_exhausted (the session is over), rate_limited and the ms to wait.
local function take_otp(session, key, step, now, limits)
  local window, most, most_of_account = unpack(cjson.decode(limits))
  local account_key = string.match(key, '^(.-)session:') .. 'limit:otp:' .. session.account_id
  local of_account = recent(redis.call('GET', account_key), now, window)
  if most_of_account > 0 and #of_account >= most_of_account then
    return 'rate_limited', math.max(1, tonumber(of_account[#of_account - most_of_account + 1]) + window - now)
  end
  local told = ' ' .. (session.otp_told or '') .. ' '
  if step > tonumber(session.otp_step or '0') and not string.find(told, ' ' .. step .. ' ', 1, true) then
    redis.call('HSET', key, 'otp_step', step)
    return nil
  end
  if step < 0 then
    local kept = recent(session.otp_told, math.floor(now / OTP_MS), 0)
    kept[#kept + 1] = -step
    redis.call('HSET', key, 'otp_told', table.concat(kept, ' '))
  end
  of_account[#of_account + 1] = now
  redis.call('SET', account_key, table.concat(of_account, ' '), 'PX', window)
  local wrong = recent(session.otp_wrong, now, window)
  wrong[#wrong + 1] = now
  redis.call('HSET', key, 'otp_wrong', table.concat(wrong, ' '))
  if #wrong < most then return 'otp_invalid' end
  redis.call('HSET', key, 'expires_at', 0)
  return 'otp_tries_exhausted'
end
