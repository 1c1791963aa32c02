-- Sweep: move the watermark over whole servings steps whose last position has run out.
-- KEYS: of the event (EventKeys). ARGV: now, how many steps at most.
-- Returns OK, places expired without a token, serving counter before, after.
--! include event
--! include serving
--! include rules
local now = tonumber(ARGV[1])
local at = redis.call('HMGET', event, 'state', 'queue', 'serving', 'expired_up_to', 'pauses',
  'set:queue_position_expiry', 'set:queue_position_expiry_period', 'set:advance_on_expiry')
local state, queue, previous, below, pauses, expires, period, advances = unpack(at)
if not state or state == 'paused' or expires ~= 'true' then
  return {'OK', 0, '0', '0'}
end

local function has_run_out(position, issued_at)
  local entered = point_reaching(arrivals, position) or '0'
  local since = math.max(tonumber(entered), issued_at)
  return remaining(since, now, tonumber(period), pauses) <= 0
end

local up_to
local steps = redis.call('ZRANGE', servings, '(' .. below, queue, 'BYSCORE', 'LIMIT', 0, ARGV[2])
for _, step in ipairs(steps) do
  local issued_at, serving = string.match(step, '^(%d+):(%d+)$')
  if not has_run_out(serving, tonumber(issued_at)) then
    break
  end
  up_to = serving
end
if not up_to then
  return {'OK', 0, '0', '0'}
end
local taken = redis.call('ZCOUNT', sessions, '(' .. below, up_to)
local missed = tonumber(up_to) - tonumber(below) - taken
redis.call('HSET', event, 'expired_up_to', up_to)
redis.call('HINCRBY', event, 'expired', missed)
if advances ~= 'true' then
  return {'OK', missed, previous, previous}
end
return {'OK', missed, previous, move_serving(previous, string.format('%.0f', missed), ARGV[1])}
