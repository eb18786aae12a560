-- scope, request_id, fingerprint, item, title, description, currency, units, nanos, state, on_hand
local scope, request_id, fingerprint, item = ARGV[1], ARGV[2], ARGV[3], ARGV[4]

local repeated = replay(scope, request_id, fingerprint)
if repeated then return repeated end
if redis.call("EXISTS", item_key(item)) == 1 then return { "ITEM_EXISTS" } end

local time = now()
redis.call("HSET", item_key(item), "title", ARGV[5], "description", ARGV[6], "currency", ARGV[7], "units", ARGV[8],
  "nanos", ARGV[9], "state", ARGV[10], "create_time", text(time), "update_time", text(time), "revision", "1",
  "update_id", "")
set_level(item, { on_hand = ARGV[11], held = "0", sold = "0" }, time)
redis.call("ZADD", ITEMS, 0, item)
redis.call("ZADD", ITEMS .. ":" .. ARGV[10], 0, item)
local reply = item_reply("OK", item)
remember(scope, request_id, fingerprint, reply)
return reply
