-- KEYS: of the event (EventKeys). ARGV: now; deed or ''; what changes as JSON; the revision that is
-- wanted or ''; then name, JSON and JSON of the default of each setting that changes (an event that an
-- older version made lacks some). Returns OK, fields. Errors: NOT_FOUND, CHANGED.
--! include event
--! include pauses
--! include facts
--! include log
local now = ARGV[1]
local at = redis.call('HMGET', event, 'state', 'pauses', 'revision')
local old, new = at[1], at[1]
if not old then
  return {'NOT_FOUND'}
end
if ARGV[4] ~= '' and ARGV[4] ~= at[3] then
  return {'CHANGED'}
end
local before = {}
for i = 5, #ARGV, 3 do
  local name, value = ARGV[i], ARGV[i + 1]
  local was
  if name == 'state' then
    was, new = '"' .. old .. '"', string.sub(value, 2, -2)
  else
    was = redis.call('HGET', event, 'set:' .. name) or ARGV[i + 2]
    redis.call('HSET', event, 'set:' .. name, value)
  end
  before[#before + 1] = '"' .. name .. '":' .. was
end
redis.call('HSET', event, 'state', new, 'pauses', pauses_after(at[2], old, new, now))
redis.call('HINCRBY', event, 'revision', 1)
if new ~= old then
  tell(now, 'event_state_changed', '{"previous":"' .. old .. '","state":"' .. new .. '"}')
end
enter(ARGV[2], now, '{' .. table.concat(before, ',') .. '}', ARGV[3])
return {'OK', redis.call('HGETALL', event)}
