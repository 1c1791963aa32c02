-- A subscription has ended: its lane and its dead letters go.
-- KEYS: of the event (EventKeys). ARGV: subscription ID. Returns OK.
--! include event
local subscription = ARGV[1]
local CHUNK = 1000
redis.call('HDEL', lanes, subscription)
local rank = 0
repeat
  local letters = redis.call('ZRANGE', dead_letters, rank, rank + CHUNK - 1)
  for _, letter in ipairs(letters) do
    if string.sub(letter, 1, #subscription + 1) == subscription .. '\n' then
      redis.call('ZREM', dead_letters, letter)
    else
      rank = rank + 1
    end
  end
until #letters < CHUNK
return {'OK'}
