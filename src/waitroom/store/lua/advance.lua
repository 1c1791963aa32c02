-- KEYS: of the event (EventKeys). ARGV: by, within 64 bits; now; seconds for which a slot is
-- remembered; where the counter must stand, or ''; deed or ''; how many of the words that follow
-- are notes; name and text of each note; the slot, if there is one.
-- Returns OK, serving counter before, after. Error: UNKNOWN.
--! include event
--! include slots
--! include serving
--! include log
local by, now, lifetime, wanted, deed = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5]
local words = tonumber(ARGV[6])
local slot = ARGV[7 + words]
local previous = redis.call('HGET', event, 'serving')
if not previous then
  return {'UNKNOWN'}
end
if wanted ~= '' and wanted ~= previous then
  return {'OK', previous, previous}
end
if slot and not take_slot(slot, now, lifetime) then
  return {'OK', previous, previous}
end
for i = 7, 5 + words, 2 do
  redis.call('HSET', event, 'note:' .. ARGV[i], ARGV[i + 1])
end
local current = move_serving(previous, by, now, slot or '')
enter(deed, now, '{"serving_counter":' .. previous .. '}', '{"serving_counter":' .. current .. '}')
return {'OK', previous, current}
