-- item
return item_reply("OK", ARGV[1]) or { "ITEM_NOT_FOUND", "item", "items/" .. ARGV[1] }
