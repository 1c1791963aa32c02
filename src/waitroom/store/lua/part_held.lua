-- Places that found the site full: in `held` by position, in `asked` by when they last asked.

local function hold(position, padded, now)
  redis.call('ZADD', held, position, padded)
  redis.call('ZADD', asked, now, padded)
end

local function let_go(padded)
  redis.call('ZREM', held, padded)
  redis.call('ZREM', asked, padded)
end

-- Seconds by which what is kept may be older than the last time they asked: a poll is not a write.
local function slack_of(period)
  return math.floor(tonumber(period) / 10)
end
