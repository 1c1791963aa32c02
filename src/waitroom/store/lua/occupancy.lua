-- How full the site is, and who came of those called.
-- KEYS: of the event (EventKeys). ARGV: now, then the ages that part the cohorts, rising.
-- Returns OK, active sessions, held places, then called and shown of each cohort, youngest first.
-- Error: UNKNOWN.
--! include event
--! include calls
--! include door
--! include held
--! include rules
local now = tonumber(ARGV[1])
local at = redis.call('HMGET', event, 'queue', 'serving', 'expired_up_to', 'tokens', 'pauses',
  'set:queue_position_expiry_period')
if not at[1] then
  return {'UNKNOWN'}
end
local queue, swept = tonumber(at[1]), tonumber(at[3])
local waiting, period = redis.call('ZCARD', held), tonumber(at[6])
-- Who has not asked for a period is not there any more, whether or not their place expires.
local gone = run_out_until(now, period, at[5]) - slack_of(period)
local told = {'OK', count_active(ARGV[1]), redis.call('ZCOUNT', asked, '(' .. gone, '+inf')}

local function tell_cohort(called, shown)
  told[#told + 1] = called
  told[#told + 1] = shown
end

-- Who has come of the positions above `below`, up to `up_to`.
local function shown_between(below, up_to)
  return redis.call('ZCOUNT', sessions, '(' .. below, up_to)
    + redis.call('ZCOUNT', held, '(' .. below, up_to)
end

local top = math.min(queue, tonumber(at[2]))
local above = top
for i = 2, #ARGV do
  local bound = math.min(above, math.max(takeable_by(now - ARGV[i], queue), swept))
  tell_cohort(above - bound, shown_between(bound, above))
  above = bound
end
tell_cohort(above, tonumber(at[4]) + waiting - shown_between(above, '+inf'))
return told
