-- reservation, owner ("" for a workload that sees all)
local found = load_reservation(ARGV[1])
if not is_visible(found, ARGV[2]) then return { "RESERVATION_NOT_FOUND" } end
if is_overdue(found, now()) then found.state = "EXPIRED" end
return reservation_reply("OK", found)
