-- position after which to start, last position to read ("+" for all), how many at the most
local after, last, limit = ARGV[1], ARGV[2], ARGV[3]

local function parts(position)
  local time, sequence = string.match(position, "^(%d+)-(%d+)$")
  return time, sequence
end

local function earlier(a, b)
  local a_time, a_sequence = parts(a)
  local b_time, b_sequence = parts(b)
  if a_time ~= b_time then return less(a_time, b_time) end
  return less(a_sequence, b_sequence)
end

if redis.call("EXISTS", LEVELS) == 0 then
  if after == "0-0" then return { "OK" } end
  return { "RESUME_TOKEN_EXPIRED" }
end

local facts = {}
local info = redis.call("XINFO", "STREAM", LEVELS)
for at = 1, #info, 2 do facts[info[at]] = info[at + 1] end
-- A position from a store whose last changes were lost is ahead of the stream.
if earlier(facts["last-generated-id"], after) then return { "RESUME_TOKEN_EXPIRED" } end
local first = facts["first-entry"]
local trimmed = facts["entries-added"] > facts["length"]
if trimmed and after ~= facts["last-generated-id"] and (not first or earlier(after, first[1])) then
  return { "RESUME_TOKEN_EXPIRED" }
end

local reply = { "OK" }
for _, entry in ipairs(redis.call("XRANGE", LEVELS, "(" .. after, last, "COUNT", limit)) do
  local fields = {}
  for at = 1, #entry[2], 2 do fields[entry[2][at]] = entry[2][at + 1] end
  reply[#reply + 1] = { entry[1], fields.item, fields.on_hand, fields.held, fields.sold, fields.time }
end
return reply
