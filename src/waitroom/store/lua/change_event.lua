-- KEYS: of the event (EventKeys). ARGV: now, new state or '', then name and JSON of each other
-- setting that changes. Returns OK, fields. Error: NOT_FOUND.
--! include event
--! include pauses
local at = redis.call('HMGET', event, 'state', 'pauses')
local old, new = at[1], ARGV[2]
if not old then
  return {'NOT_FOUND'}
end
if new == '' then
  new = old
end
redis.call('HSET', event, 'state', new, 'pauses', pauses_after(at[2], old, new, ARGV[1]),
  unpack(ARGV, 3))
redis.call('HINCRBY', event, 'revision', 1)
return {'OK', redis.call('HGETALL', event)}
