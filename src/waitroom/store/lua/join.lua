-- Give out places: one batch, four commands.
-- KEYS: of the event (EventKeys). ARGV: count, now, epoch and position of the floor (0 and 0 if
-- there is none), seconds of arrivals to skip after a change of primary, run ID of this server.
-- Returns OK, epoch, last position, entry time, serving counter. Errors: UNKNOWN, CLOSED,
-- SOLD_OUT, NOT_OPEN with the seconds until it is open.
--! include event
--! include history
--! include states
local count, now, floor_epoch, floor = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3], ARGV[4]
local gap_seconds, history = tonumber(ARGV[5]), history_of(ARGV[6])
local MIN_GAP = 100 -- places: a line that has just begun has no rate to go by
local POINTS = 60 -- of the arrivals curve

-- The most that arrived in a second after `since`, of the last points; and how many those are.
local function peak_after(since)
  local points = redis.call('ZRANGE', arrivals, -POINTS - 1, -1, 'WITHSCORES')
  local peak, counted, before = 0, 0, 0
  if #points > 2 * POINTS then
    before = nil
  end
  for i = 1, #points, 2 do
    local queue = tonumber(points[i + 1])
    if before and tonumber(points[i]) > since then
      peak, counted = math.max(peak, queue - before), counted + 1
    end
    before = queue
  end
  return peak, counted
end

-- How many places the old primary can have given out that nobody here saw. A jump of the queue is
-- not a crowd: what came with or before the last jump is left out, else gaps would grow on gaps.
local function safety_gap(jumped_at, last_gap)
  if gap_seconds == 0 then
    return 0
  end
  local peak, counted = peak_after(jumped_at)
  local gap = math.max(MIN_GAP, math.ceil(peak * gap_seconds))
  if counted < POINTS then
    gap = math.max(gap, last_gap)
  end
  return gap
end

local at = redis.call('HMGET', event, 'state', 'epoch', 'queue', 'serving', 'primary',
  'last_arrival', 'gap', 'raised', 'set:opens_at')
local state, epoch, queue, primary = at[1], at[2], tonumber(at[3] or 0), at[5] or ''
if not state then
  return {'UNKNOWN'}
end
if not takes(state) then
  return {state == 'sold_out' and 'SOLD_OUT' or 'CLOSED'}
end
local opens_at = tonumber(at[9] or 0) -- an event that an older version made has none
if now < opens_at then
  return {'NOT_OPEN', opens_at - now}
end
local second = math.max(now, tonumber(at[6] or 0))
local jumped_at, last_gap = string.match(at[7] or '', '^(%d+):(%d+)$')
jumped_at, last_gap = tonumber(jumped_at or 0), tonumber(last_gap or 0)
local before = queue
if floor_epoch == epoch then
  queue = math.max(queue, tonumber(floor))
end
if primary ~= history and (primary ~= '' or queue > 0) then
  last_gap = safety_gap(jumped_at, last_gap)
  queue = queue + last_gap
end
local jump = queue > before or at[8]
if at[8] then
  redis.call('HDEL', event, 'raised')
end
queue = queue + count
redis.call('HSET', event, 'queue', queue, 'last_arrival', second, 'primary', history,
  unpack(jump and {'gap', string.format('%.0f:%.0f', second, last_gap)} or {}))
redis.call('ZADD', arrivals, queue, second)
return {'OK', epoch, queue, second, at[4]}
