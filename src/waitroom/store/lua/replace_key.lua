-- Replace a key by another, unless it changed. KEYS: the hash. ARGV: ID, old JSON, new JSON.
-- Returns OK, 1 if it was replaced, else 0.
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then
  return {'OK', 0}
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return {'OK', 1}
