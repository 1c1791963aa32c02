-- Sweep: move the watermark over whole servings steps whose last position has run out, and let go
-- of who found the site full and did not ask again.
-- KEYS: of the event (EventKeys). ARGV: now, how many of the latter at most. Returns OK, places
-- expired without a token, serving counter before, after, when to sweep again or ''.
--! include event
--! include serving
--! include calls
--! include rules
--! include held
--! include states
local now, most = tonumber(ARGV[1]), tonumber(ARGV[2])
local at = redis.call('HMGET', event, 'state', 'queue', 'serving', 'expired_up_to', 'pauses',
  'set:queue_position_expiry', 'set:queue_position_expiry_period', 'set:advance_on_expiry')
local state, queue, previous, below, pauses, expires, _, advances = unpack(at)
if not state or not lets_in(state) or expires ~= 'true' then
  return {'OK', 0, '0', '0', ''}
end
local period = tonumber(at[7])
local over = run_out_until(now, period, pauses)

-- The first step beyond `position` that is full, and since when its last position could come in.
local function step_beyond(position)
  local step = redis.call('ZRANGE', servings, '(' .. position, queue, 'BYSCORE', 'LIMIT', 0, 1)[1]
  if not step then
    return
  end
  local issued_at, serving = string.match(step, '^(%d+):(%d+)$')
  local entered = point_reaching(arrivals, serving)
  return serving, math.max(tonumber(issued_at), entered and time_of(entered) or 0)
end

-- How far the watermark moves; never back, whatever the curves have lost.
local function swept_up_to()
  local _, since = step_beyond(below)
  local rank = since and since <= over and last_full_step(over, queue) or -1
  if rank < 0 then
    return below
  end
  local up_to = string.match(redis.call('ZRANGE', servings, rank, rank)[1], ':(%d+)$')
  return tonumber(up_to) > tonumber(below) and up_to or below
end

-- Let go of those who have not asked for a period; how many of them the watermark had passed.
local function let_go_of_absent()
  local passed = 0
  for _, padded in ipairs(redis.call('ZRANGE', asked, '-inf', over - slack_of(period), 'BYSCORE',
    'LIMIT', 0, most)) do
    let_go(padded)
    passed = passed + (tonumber(padded) <= tonumber(below) and 1 or 0)
  end
  return passed
end

-- Places up to `up_to` that expire now.
local function count_missed(up_to, passed)
  local from = '(' .. below
  return tonumber(up_to) - tonumber(below) + passed - redis.call('ZCOUNT', sessions, from, up_to)
    - redis.call('ZCOUNT', held, from, up_to) - redis.call('ZCOUNT', given_up, from, up_to)
end

-- Before that second there is nothing to sweep.
local function next_sweep(up_to)
  local _, since = step_beyond(up_to)
  local left = since and math.min(period, remaining(since, now, period, pauses)) or period
  local first = redis.call('ZRANGE', asked, 0, 0, 'WITHSCORES')[2]
  if first then
    left = math.min(left, remaining(first + slack_of(period), now, period, pauses))
  end
  return string.format('%.0f', now + left)
end

local up_to = swept_up_to()
local missed = count_missed(up_to, let_go_of_absent())
local gone = redis.call('ZREMRANGEBYSCORE', given_up, '-inf', up_to)
if up_to ~= below then
  redis.call('HSET', event, 'expired_up_to', up_to)
end
if missed > 0 then
  redis.call('HINCRBY', event, 'expired', missed)
end
local current = previous
if advances == 'true' and missed + gone > 0 then
  current = move_serving(previous, string.format('%.0f', missed + gone), ARGV[1], 'expiry',
    'automatic_serving_counter_incr')
end
return {'OK', missed, previous, current, next_sweep(up_to)}
