-- state ("" for any), item after which to start ("" for the first), how many at the most
local state, after, limit = ARGV[1], ARGV[2], ARGV[3]

local index = state == "" and ITEMS or ITEMS .. ":" .. state
local first = after == "" and "-" or "(" .. after
local reply = { "OK" }
for _, item in ipairs(redis.call("ZRANGE", index, first, "+", "BYLEX", "LIMIT", 0, limit)) do
  local row = item_reply("OK", item)
  table.remove(row, 1)
  reply[#reply + 1] = row
end
return reply
