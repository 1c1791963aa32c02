-- KEYS: of the event (EventKeys). ARGV: by, within 64 bits; now; seconds for which a slot is
-- remembered; the slot, if there is one. Returns OK, serving counter before, after. Error: UNKNOWN.
--! include event
--! include serving
local by, now, lifetime, slot = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
local previous = redis.call('HGET', event, 'serving')
if not previous then
  return {'UNKNOWN'}
end
if slot then
  redis.call('ZREMRANGEBYSCORE', slots, '-inf', '(' .. tonumber(now) - lifetime)
  if redis.call('ZADD', slots, 'NX', now, slot) == 0 then
    return {'OK', previous, previous}
  end
  redis.call('EXPIRE', slots, 2 * lifetime)
end
return {'OK', previous, move_serving(previous, by, now)}
