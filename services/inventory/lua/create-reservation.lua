-- owner, request_id, fingerprint, reservation (a new id), ttl in ms, how many quotas, then pairs of quota and limit,
-- then pairs of item and quantity
local owner, request_id, fingerprint, reservation, ttl = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
local FIRST_QUOTA = 7
local FIRST_LINE = FIRST_QUOTA + 2 * tonumber(ARGV[6])

local repeated = replay(owner, request_id, fingerprint)
if repeated then return repeated end
if redis.call("EXISTS", reservation_key(reservation)) == 1 then
  return redis.error_reply("ERR the reservation's id is in use")
end

local time = now()
local holds = holds_of(owner, time)
local use = { open_reservations = #holds.open + 1, held_pieces = holds.pieces }
for at = FIRST_LINE, #ARGV, 2 do use.held_pieces = use.held_pieces + tonumber(ARGV[at + 1]) end
for at = FIRST_QUOTA, FIRST_LINE - 1, 2 do
  local quota, limit = ARGV[at], ARGV[at + 1]
  if not use[quota] then return redis.error_reply("ERR nobody counts the quota " .. quota) end
  if less(limit, text(use[quota])) then return { "QUOTA_EXCEEDED", "quota", quota, "limit", limit } end
end

local currency, units, nanos, lines = nil, "0", 0, {}
for at = FIRST_LINE, #ARGV, 2 do
  local item, quantity = ARGV[at], ARGV[at + 1]
  local name = "items/" .. item
  local price = redis.call("HMGET", item_key(item), "state", "currency", "units", "nanos")
  if not price[1] then return { "ITEM_NOT_FOUND", "item", name } end
  if price[1] ~= "ACTIVE" then return { "ITEM_RETIRED", "item", name } end
  local level = level_of(item)
  local available = plus(level.on_hand, level.held, -1)
  if less(available, quantity) then return { "STOCK_INSUFFICIENT", "item", name, "available", available } end
  currency = currency or price[2]
  if price[2] ~= currency then return { "CURRENCY_MIXED" } end
  units = plus(units, price[3], tonumber(quantity))
  nanos = nanos + tonumber(price[4]) * tonumber(quantity)
  lines[#lines + 1] = table.concat({ item, quantity, price[3], price[4] }, " ")
end
units = plus(units, text(math.floor(nanos / 1e9)), 1)
if less(INT64_MAX, units) then return { "TOTAL_OUT_OF_RANGE" } end

local made = {
  id = reservation, owner = owner, state = "HELD", payment = "", create_time = text(time),
  expire_time = text(time + ttl), currency = currency, total_units = units, total_nanos = text(nanos % 1e9),
  lines = table.concat(lines, "\n"),
}
redis.call("HSET", reservation_key(reservation), "owner", owner, "state", "HELD", "payment", "",
  "create_time", made.create_time, "expire_time", made.expire_time, "currency", currency,
  "total_units", units, "total_nanos", made.total_nanos, "lines", made.lines)
redis.call("ZADD", EXPIRY, made.expire_time, reservation)
list_hold(made, holds)
move_lines(made, { held = 1 }, time)
local reply = reservation_reply("OK", made)
remember(owner, request_id, fingerprint, reply)
return reply
