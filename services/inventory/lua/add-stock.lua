-- scope, request_id, fingerprint, item, quantity
local scope, request_id, fingerprint, item, quantity = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]

local repeated = replay(scope, request_id, fingerprint)
if repeated then return repeated end
local level = level_of(item)
if not level then return { "ITEM_NOT_FOUND", "item", "items/" .. item } end
local on_hand = plus(level.on_hand, quantity, 1)
if not fits(on_hand, level) then return { "STOCK_OUT_OF_RANGE", "item", "items/" .. item } end

set_level(item, { on_hand = on_hand, held = level.held, sold = level.sold }, now())
local reply = item_reply("OK", item)
remember(scope, request_id, fingerprint, reply)
return reply
