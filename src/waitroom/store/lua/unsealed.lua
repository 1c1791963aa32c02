-- The oldest entry of a log that has no seal. From the newest back: seals are laid in order, so
-- those without are mostly the last.
-- KEYS: as add_entry. ARGV: nothing. Returns OK, seq or 0.
--! include event
local CHUNK = 100
local missing = redis.call('ZCARD', log) - redis.call('HLEN', seals)
local oldest, last = 0, -1
while missing > 0 do
  local entries = redis.call('ZRANGE', log, last - CHUNK + 1, last, 'WITHSCORES')
  for i = #entries, 2, -2 do
    if redis.call('HEXISTS', seals, entries[i]) == 0 then
      oldest, missing = entries[i], missing - 1
    end
  end
  if #entries == 0 then
    break
  end
  last = last - CHUNK
end
return {'OK', oldest}
