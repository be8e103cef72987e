-- What an event of the audit log is as a row of the database.

-- The ids of `entries` of the stream, with spaces between, and their rows as JSON: one text is read sooner than a
-- thousand. `columns` names a row's values in their order, with spaces between: the id sorts by time as a text, what
-- has no column of its own is JSON in `detail`. Entries that are gone meanwhile are passed over.
local function rows_of(entries, columns)
  local order, ids, rows = {}, {}, {}
  for column in string.gmatch(columns, '%S+') do order[#order + 1] = column end
  for i = 1, #entries do
    local id, flat = entries[i] and entries[i][1], entries[i] and entries[i][2]
    if id and flat then
      local fields, row = {}, {}
      for j = 1, #flat, 2 do fields[flat[j]] = flat[j + 1] ~= '' and flat[j + 1] or nil end
      local milliseconds, number = string.match(id, '(%d+)-(%d+)')
      fields.event_id = string.format('%015d-%06d', milliseconds, number)
      fields.at = tonumber(fields.at or 0)
      for j = 1, #order - 1 do
        row[j] = fields[order[j]] or ''
        fields[order[j]] = nil
      end
      row[#order] = next(fields) and cjson.encode(fields) or ''
      ids[#ids + 1], rows[#rows + 1] = id, row
    end
  end
  return table.concat(ids, ' '), #rows > 0 and cjson.encode(rows) or '[]'
end
