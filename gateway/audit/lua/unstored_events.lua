-- Reads an account's events of the audit log that may not be in the database yet, a stretch of the audit log at a time.
-- KEYS[1] audit_log
-- ARGV[1] group       that moves them
-- ARGV[2] columns     of the database, with spaces between; detail is the last
-- ARGV[3] account_id
-- ARGV[4] after       the entry that ended the last stretch; empty for the first
-- ARGV[5] count       entries of a stretch, of all accounts
-- Returns: the entry that ended this stretch, empty where it was the last, and rows as JSON, oldest first
-- Publishes: nothing
-- Preludes: _events
local function oldest()
  local groups = redis.pcall('XINFO', 'GROUPS', KEYS[1])  -- an error where there is no stream yet
  for i = 1, groups.err and 0 or #groups do
    local told = {}
    for j = 1, #groups[i], 2 do told[groups[i][j]] = groups[i][j + 1] end
    if told.name == ARGV[1] then
      local pending = redis.call('XPENDING', KEYS[1], ARGV[1])
      return pending[1] > 0 and pending[2] or '(' .. told['last-delivered-id']
    end
  end
  return '-'
end

local entries = redis.call('XRANGE', KEYS[1], ARGV[4] == '' and oldest() or '(' .. ARGV[4], '+', 'COUNT', ARGV[5])
local own = {}
for i = 1, #entries do
  for j = 1, #entries[i][2], 2 do
    if entries[i][2][j] == 'account_id' and entries[i][2][j + 1] == ARGV[3] then own[#own + 1] = entries[i] end
  end
end
local _, rows = rows_of(own, ARGV[2])
return { #entries == tonumber(ARGV[5]) and entries[#entries][1] or '', rows }
