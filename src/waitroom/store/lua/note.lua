-- Set or remove notes of an event.
-- KEYS: of the event (EventKeys). ARGV: how many words follow about notes that are set; name and
-- text of each; names of those that are removed. Returns OK. Error: UNKNOWN.
--! include event
local words = tonumber(ARGV[1])
if redis.call('EXISTS', event) == 0 then
  return {'UNKNOWN'}
end
for i = 2, words, 2 do
  redis.call('HSET', event, 'note:' .. ARGV[i], ARGV[i + 1])
end
for i = words + 2, #ARGV do
  redis.call('HDEL', event, 'note:' .. ARGV[i])
end
return {'OK'}
