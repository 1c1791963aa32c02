-- Add to a hash of keys. KEYS: the hash. ARGV: ID, JSON, 1 if only as the first.
-- Returns OK, 1 if it was added, else 0.
if ARGV[3] == '1' and redis.call('HLEN', KEYS[1]) > 0 then
  return {'OK', 0}
end
return {'OK', redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2])}
