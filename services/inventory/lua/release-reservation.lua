-- reservation, owner
local found = load_reservation(ARGV[1])
if not is_visible(found, ARGV[2]) then return { "RESERVATION_NOT_FOUND" } end
if found.state == "COMMITTED" then return { "RESERVATION_COMMITTED" } end

local time = now()
if is_overdue(found, time) then
  expire(found, time)
elseif found.state == "HELD" then
  move_lines(found, { held = -1 }, time)
  settle(found, "RELEASED", "", time)
end
return reservation_reply("OK", found)
