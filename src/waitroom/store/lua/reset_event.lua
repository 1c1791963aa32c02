-- KEYS: of the event (EventKeys). ARGV: new epoch, now, deed or '', run ID of this server.
-- Returns OK, fields; or STALE, epoch if the new epoch is not above the present one.
-- Error: UNKNOWN.
--! include event
--! include history
--! include new_line
--! include pauses
--! include facts
--! include log
local now = ARGV[2]
local at = redis.call('HMGET', event, 'state', 'epoch', 'queue', 'serving')
local state, epoch = at[1], at[2]
if not state then
  return {'UNKNOWN'}
end
if tonumber(epoch) >= tonumber(ARGV[1]) then
  return {'STALE', epoch}
end

local function numbers(of, queue, serving)
  return '{"epoch":' .. of .. ',"queue":' .. queue .. ',"serving":' .. serving .. '}'
end

begin_anew()
redis.call('HDEL', event, 'last_arrival', 'gap', 'raised', 'lapsed_at')
redis.call('HSET', event, 'epoch', ARGV[1], 'pauses', pauses_after('', 'open', state, now),
  'primary', history_of(ARGV[4]), 'queue', 0, 'serving', 0, 'tokens', 0, 'completed', 0, 'abandoned', 0,
  'expired', 0, 'expired_up_to', 0, 'given_up', 0)
redis.call('HINCRBY', event, 'revision', 1)
tell(now, 'event_reset', '{}')
enter(ARGV[3], now, numbers(epoch, at[3], at[4]), numbers(ARGV[1], 0, 0))
return {'OK', redis.call('HGETALL', event)}
