-- Bounded, so that nobody waits for it: whoever gets a full batch calls again.
local BATCH = 50
local time = now()

local overdue = redis.call("ZRANGE", EXPIRY, "-inf", text(time), "BYSCORE", "LIMIT", 0, BATCH)
for _, reservation in ipairs(overdue) do
  local found = load_reservation(reservation)
  if found and is_overdue(found, time) then
    expire(found, time)
  else
    redis.call("ZREM", EXPIRY, reservation)
  end
end

local outlived = redis.call("ZRANGE", RETENTION, "-inf", text(time), "BYSCORE", "LIMIT", 0, BATCH)
for _, reservation in ipairs(outlived) do
  redis.call("UNLINK", reservation_key(reservation))
  redis.call("ZREM", RETENTION, reservation)
end
return { "OK", text(#overdue), text(#outlived) }
