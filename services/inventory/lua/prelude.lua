-- Stands in front of every script of this folder: what is loaded is prelude.lua followed by <script>.lua, byte by byte.
-- Keys, fields and encodings are described in ../storage.md.

local HOUR = 3600 * 1000
-- A reservation that can no longer change outlives the request id that made it.
local REQUEST_KEPT_MS = 25 * HOUR
local ENDED_KEPT_MS = 26 * HOUR
local COMMITTED_KEPT_MS = 30 * 24 * HOUR

local ITEMS = "inventory:items"
local EXPIRY = "inventory:expiry"
local RETENTION = "inventory:retention"
local LEVELS = "inventory:levels"
local LEVELS_KEPT = 100000

local INT64_MAX = "9223372036854775807"

local function now()
  local time = redis.call("TIME")
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function text(number)
  return string.format("%.0f", number)
end

-- Lua numbers are doubles, exact only up to 2^53. Quantities and amounts are therefore decimal strings without sign
-- or leading zeros; only numbers that are small by contract (quantity of a line, nanos, milliseconds) become Lua's.

local function less(a, b)
  if #a ~= #b then return #a < #b end
  return a < b
end

local function limbs(decimal)
  local found = {}
  for last = #decimal, 1, -7 do
    found[#found + 1] = tonumber(string.sub(decimal, math.max(1, last - 6), last))
  end
  return found
end

-- a + b * factor, exactly; factor is whole, from -1000 to 1000, and the sum must not be below zero.
local function plus(a, b, factor)
  local left, right, sum, carry = limbs(a), limbs(b), {}, 0
  local at = 1
  while at <= #left or at <= #right or carry > 0 do
    local value = (left[at] or 0) + (right[at] or 0) * factor + carry
    sum[at] = value % 10000000
    carry = math.floor(value / 10000000)
    at = at + 1
  end
  if carry < 0 then error("inventory: a quantity fell below zero") end
  local top = #sum
  while top > 1 and sum[top] == 0 do top = top - 1 end
  local digits = { text(sum[top]) }
  for limb = top - 1, 1, -1 do digits[#digits + 1] = string.format("%07d", sum[limb]) end
  return table.concat(digits)
end

-- Lists of strings are kept as netstrings: "<length in bytes>:<bytes>," for each.

local function to_netstrings(parts)
  local encoded = {}
  for at, part in ipairs(parts) do encoded[at] = #part .. ":" .. part .. "," end
  return table.concat(encoded)
end

local function from_netstrings(encoded)
  local parts, at = {}, 1
  while at <= #encoded do
    local colon = string.find(encoded, ":", at, true)
    local last = colon + tonumber(string.sub(encoded, at, colon - 1))
    parts[#parts + 1] = string.sub(encoded, colon + 1, last)
    at = last + 2
  end
  return parts
end

-- Requests: a request that took effect is remembered with its reply.

local function request_key(scope, request_id)
  return "inventory:request:" .. scope .. ":" .. request_id
end

-- The reply to give when this request id was used before, else nil.
local function replay(scope, request_id, fingerprint)
  local record = redis.call("GET", request_key(scope, request_id))
  if not record then return nil end
  local parts = from_netstrings(record)
  if parts[1] ~= fingerprint then return { "REQUEST_ID_REUSED" } end
  parts[1] = "REPEATED"
  return parts
end

local function remember(scope, request_id, fingerprint, reply)
  local parts = { fingerprint }
  for at = 2, #reply do parts[at] = reply[at] end
  redis.call("SET", request_key(scope, request_id), to_netstrings(parts), "PX", text(REQUEST_KEPT_MS))
end

-- Items.

local function item_key(item)
  return "inventory:item:" .. item
end

-- The reply for an item, `status` first; nil when there is none.
local function item_reply(status, item)
  local fields = redis.call("HMGET", item_key(item), "title", "description", "currency", "units", "nanos",
    "on_hand", "held", "sold", "state", "create_time", "update_time", "revision")
  if not fields[1] then return nil end
  return { status, item, unpack(fields) }
end

local function level_of(item)
  local fields = redis.call("HMGET", item_key(item), "on_hand", "held", "sold")
  if not fields[1] then return nil end
  return { on_hand = fields[1], held = fields[2], sold = fields[3] }
end

-- The only way in which stock changes: watchers learn of it in the same step.
local function set_level(item, level, time)
  redis.call("HSET", item_key(item), "on_hand", level.on_hand, "held", level.held, "sold", level.sold)
  redis.call("XADD", LEVELS, "MAXLEN", "~", text(LEVELS_KEPT), "*", "item", item, "on_hand", level.on_hand,
    "held", level.held, "sold", level.sold, "time", text(time))
end

-- What is in the store and what was sold stay together within int64: then no sale and no return can leave it.
local function fits(on_hand, level)
  return not less(on_hand, level.held) and not less(INT64_MAX, plus(on_hand, level.sold, 1))
end

-- Reservations.

local function reservation_key(reservation)
  return "inventory:reservation:" .. reservation
end

local function load_reservation(reservation)
  local fields = redis.call("HMGET", reservation_key(reservation), "state", "owner", "payment", "create_time",
    "expire_time", "currency", "total_units", "total_nanos", "lines")
  if not fields[1] then return nil end
  return {
    id = reservation, state = fields[1], owner = fields[2], payment = fields[3], create_time = fields[4],
    expire_time = fields[5], currency = fields[6], total_units = fields[7], total_nanos = fields[8], lines = fields[9],
  }
end

-- A tombstone has no owner, and nobody else's reservation is there for anybody. An empty owner asks as a workload.
local function is_visible(found, owner)
  return found ~= nil and found.state ~= "GONE" and (owner == "" or found.owner == owner)
end

local function is_overdue(found, time)
  return found.state == "HELD" and tonumber(found.expire_time) <= time
end

local function is_open(found, time)
  return found.state == "HELD" and not is_overdue(found, time)
end

local function reservation_reply(status, found)
  return { status, found.id, found.owner, found.state, found.payment, found.create_time, found.expire_time,
    found.currency, found.total_units, found.total_nanos, found.lines }
end

-- Changes the level of each item in a reservation by so many times its quantity: all are reckoned, then all are written.
local function move_lines(found, factors, time)
  local moved = {}
  for item, quantity in string.gmatch(found.lines, "([^ \n]+) (%d+) %d+ %d+") do
    local level = level_of(item)
    moved[#moved + 1] = { item, {
      on_hand = plus(level.on_hand, quantity, factors.on_hand or 0),
      held = plus(level.held, quantity, factors.held or 0),
      sold = plus(level.sold, quantity, factors.sold or 0),
    } }
  end
  for _, change in ipairs(moved) do set_level(change[1], change[2], time) end
end

-- Puts a reservation into a state in which it holds nothing any more.
local function settle(found, state, payment, time)
  found.state = state
  found.payment = payment
  local kept = state == "COMMITTED" and COMMITTED_KEPT_MS or ENDED_KEPT_MS
  redis.call("HSET", reservation_key(found.id), "state", state, "payment", payment)
  redis.call("ZREM", EXPIRY, found.id)
  redis.call("ZADD", RETENTION, text(time + kept), found.id)
end

local function expire(found, time)
  move_lines(found, { held = -1 }, time)
  settle(found, "EXPIRED", "", time)
end

-- Holds of an owner. The list says where to look and the reservation whether it is open, so that whatever ends one need
-- not know of the list.

local function holds_key(owner)
  return "inventory:holds:" .. owner
end

-- What an owner holds now: reservations that are open, their pieces, and the ids on the list that are open no more.
local function holds_of(owner, time)
  local holds = { open = {}, pieces = 0, ended = {} }
  for _, reservation in ipairs(redis.call("SMEMBERS", holds_key(owner))) do
    local found = load_reservation(reservation)
    if found and is_open(found, time) then
      holds.open[#holds.open + 1] = found
      for quantity in string.gmatch(found.lines, "[^ \n]+ (%d+) %d+ %d+") do holds.pieces = holds.pieces + tonumber(quantity) end
    else
      holds.ended[#holds.ended + 1] = reservation
    end
  end
  return holds
end

-- Puts a new reservation on its owner's list, in place of those that ended. The list goes with the last of its holds.
local function list_hold(made, holds)
  local key, last = holds_key(made.owner), tonumber(made.expire_time)
  for _, found in ipairs(holds.open) do last = math.max(last, tonumber(found.expire_time)) end
  if #holds.ended > 0 then redis.call("SREM", key, unpack(holds.ended)) end
  redis.call("SADD", key, made.id)
  redis.call("PEXPIREAT", key, text(last))
end

-- What was never there is gone from now on, whatever message is still under way.
local function bury(reservation, time)
  redis.call("HSET", reservation_key(reservation), "state", "GONE", "create_time", text(time))
  redis.call("ZADD", RETENTION, text(time + ENDED_KEPT_MS), reservation)
end

local function fence_field(payment)
  return "fence:" .. payment
end

