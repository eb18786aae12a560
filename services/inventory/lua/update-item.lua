-- update_id, item, revision that is meant, then pairs of field and new value: title, description, currency, units, nanos, state
local update_id, item, revision = ARGV[1], ARGV[2], ARGV[3]
local key = item_key(item)

local current = redis.call("HMGET", key, "revision", "state", "update_id")
if not current[1] then return { "ITEM_NOT_FOUND", "item", "items/" .. item } end
-- The same command again: a client whose connection broke cannot know that it has taken effect.
if current[3] == update_id then return item_reply("OK", item) end
if revision ~= current[1] then return { "ETAG_MISMATCH" } end

local changes = {}
for at = 4, #ARGV, 2 do
  if redis.call("HGET", key, ARGV[at]) ~= ARGV[at + 1] then
    changes[#changes + 1] = ARGV[at]
    changes[#changes + 1] = ARGV[at + 1]
  end
end
if #changes == 0 then return item_reply("OK", item) end

redis.call("HSET", key, "revision", plus(current[1], "1", 1), "update_time", text(now()), "update_id", update_id,
  unpack(changes))
local state = redis.call("HGET", key, "state")
if state ~= current[2] then
  redis.call("ZREM", ITEMS .. ":" .. current[2], item)
  redis.call("ZADD", ITEMS .. ":" .. state, 0, item)
end
return item_reply("OK", item)
