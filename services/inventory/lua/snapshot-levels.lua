-- item after which to start ("" for the first), how many at the most; or "", "" and the items to read
local after, limit = ARGV[1], ARGV[2]

local items = {}
if limit ~= "" then
  items = redis.call("ZRANGE", ITEMS, after == "" and "-" or "(" .. after, "+", "BYLEX", "LIMIT", 0, limit)
else
  for at = 3, #ARGV do items[#items + 1] = ARGV[at] end
end

local position = "0-0"
if redis.call("EXISTS", LEVELS) == 1 then
  local facts = redis.call("XINFO", "STREAM", LEVELS)
  for at = 1, #facts, 2 do
    if facts[at] == "last-generated-id" then position = facts[at + 1] end
  end
end

local time = text(now())
local reply = { "OK", position }
for _, item in ipairs(items) do
  local level = level_of(item)
  if level then reply[#reply + 1] = { item, level.on_hand, level.held, level.sold, time } end
end
return reply
