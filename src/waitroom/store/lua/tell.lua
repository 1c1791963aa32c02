-- Append a fact that is not part of another verb, once for a slot.
-- KEYS: of the event (EventKeys). ARGV: type, data as JSON, now, seconds for which a slot is
-- remembered, slot. Returns OK, 1 if it was appended, else 0. Error: UNKNOWN.
--! include event
--! include slots
--! include facts
local at = redis.call('HMGET', event, 'epoch', 'note:outbox')
if not at[1] then
  return {'UNKNOWN'}
end
if not at[2] or not take_slot(ARGV[5], ARGV[3], tonumber(ARGV[4])) then
  return {'OK', 0}
end
tell(ARGV[3], ARGV[1], ARGV[2])
return {'OK', 1}
