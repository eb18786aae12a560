-- reservation, payment
local reservation, payment = ARGV[1], ARGV[2]
local found, time = load_reservation(reservation), now()

if not found then
  bury(reservation, time)
  return { "RESERVATION_GONE" }
end
if found.state == "COMMITTED" then
  if found.payment ~= payment then return { "RESERVATION_TAKEN" } end
  return reservation_reply("OK", found)
end
if is_overdue(found, time) then expire(found, time) end
if found.state ~= "HELD" or redis.call("HEXISTS", reservation_key(reservation), fence_field(payment)) == 1 then
  return { "RESERVATION_GONE" }
end

move_lines(found, { on_hand = -1, held = -1, sold = 1 }, time)
settle(found, "COMMITTED", payment, time)
return reservation_reply("OK", found)
