-- Curves never go back in time, so their points are ordered by rank and by time alike.

local function time_of(point)
  return tonumber(string.match(point, '^%d+'))
end

-- The rank of the first point at or after `time`.
local function rank_from(curve, time)
  local low, high = 0, redis.call('ZCARD', curve)
  while low < high do
    local middle = math.floor((low + high) / 2)
    if time_of(redis.call('ZRANGE', curve, middle, middle)[1]) < time then
      low = middle + 1
    else
      high = middle
    end
  end
  return low
end

-- The first point whose score is at least `value`, or nil.
local function point_reaching(curve, value)
  return redis.call('ZRANGE', curve, value, '+inf', 'BYSCORE', 'LIMIT', 0, 1)[1]
end
