-- reservation, payment
local reservation, payment = ARGV[1], ARGV[2]
local found, time = load_reservation(reservation), now()

if not found then
  bury(reservation, time)
elseif found.state == "COMMITTED" and found.payment == payment then
  move_lines(found, { on_hand = 1, sold = -1 }, time)
  settle(found, "RELEASED", "", time)
end
redis.call("HSET", reservation_key(reservation), fence_field(payment), "1")
return { "OK" }
