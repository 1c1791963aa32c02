-- Lanes are text: `leased_until owner`, a line break, and the lane as JSON without those two. JSON
-- has no line break, an owner may have any.

-- Lease, owner and JSON of a lane, or nothing.
local function lane_of(subscription)
  local text = redis.call('HGET', lanes, subscription)
  if text then
    return string.match(text, '^(%d+) (.*)\n([^\n]*)$')
  end
end

local function write_lane(subscription, leased_until, owner, lane)
  redis.call('HSET', lanes, subscription, leased_until .. ' ' .. owner .. '\n' .. lane)
end
