--! include curves

-- Fields of the event, then the two servings steps that tell the rate ('' where there is none):
-- the last one at or before `start`, or else the very first, and the newest.
local function snapshot_since(start)
  local fields = redis.call('HGETALL', event)
  local last = redis.call('ZRANGE', servings, -1, -1)[1]
  if not last then
    return fields, '', ''
  end
  local anchor = math.max(0, rank_from(servings, start + 1) - 1)
  return fields, redis.call('ZRANGE', servings, anchor, anchor)[1], last
end
