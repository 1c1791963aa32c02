-- Steps that were done and must not be done again.

-- Whether `slot` was free; it is taken from now on.
local function take_slot(slot, now, lifetime)
  redis.call('ZREMRANGEBYSCORE', slots, '-inf', '(' .. tonumber(now) - lifetime)
  if redis.call('ZADD', slots, 'NX', now, slot) == 0 then
    return false
  end
  redis.call('EXPIRE', slots, 2 * lifetime)
  return true
end
