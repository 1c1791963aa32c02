-- How many may be inside.

-- Event.cap of waitroom/core/model.py: the lower of the limit and the inlet's size; 0: no limit.
local function cap_of(max_active, inlet)
  local cap = tonumber(max_active or 0)
  local size = tonumber(string.match(inlet or '', '"size":(%d+)') or 0)
  if size > 0 and (cap == 0 or size < cap) then
    return size
  end
  return cap
end

-- Sessions neither expired nor marked.
local function count_active(now)
  local after = '(' .. now
  return redis.call('ZCOUNT', expiry, after, '+inf') - redis.call('ZCOUNT', ended, after, '+inf')
end

-- The same for whoever acts on it. What has expired until then stays so (extend.lua), though the
-- clock of another be behind; `lapsed_at` is that field of the event.
local function settle_active(now, lapsed_at)
  lapsed_at = lapsed_at or '0'
  if tonumber(now) > tonumber(lapsed_at) and redis.call('ZCOUNT', expiry, '(' .. lapsed_at, now) > 0 then
    redis.call('HSET', event, 'lapsed_at', now)
  end
  return count_active(now)
end
