-- Lay seals on entries of a log; one that has a seal keeps it.
-- KEYS: as add_entry. ARGV: seq and seal of each. Returns OK.
--! include event
for i = 1, #ARGV, 2 do
  if redis.call('ZCOUNT', log, ARGV[i], ARGV[i]) == 1 then
    redis.call('HSETNX', seals, ARGV[i], ARGV[i + 1])
  end
end
local left = redis.call('TTL', log)
if left > 0 then
  redis.call('EXPIRE', seals, left)
end
return {'OK'}
