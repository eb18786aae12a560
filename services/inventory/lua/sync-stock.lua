-- scope, request_id, fingerprint, item, on_hand
local scope, request_id, fingerprint, item, on_hand = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]

local repeated = replay(scope, request_id, fingerprint)
if repeated then return repeated end
local level = level_of(item)
if not level then return { "ITEM_NOT_FOUND", "item", "items/" .. item } end
if not fits(on_hand, level) then return { "STOCK_OUT_OF_RANGE", "item", "items/" .. item } end

local time = now()
if on_hand ~= level.on_hand then
  set_level(item, { on_hand = on_hand, held = level.held, sold = level.sold }, time)
end
local reply = { "OK", item, on_hand, level.held, level.sold, text(time) }
remember(scope, request_id, fingerprint, reply)
return reply
