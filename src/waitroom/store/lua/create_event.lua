-- KEYS: of the event (EventKeys). ARGV: epoch, now, state, deed or '', the event as JSON, then name
-- and JSON of each other setting, then the run ID of this server. Returns OK, fields. Error: EXISTS.
--! include event
--! include history
--! include new_line
--! include pauses
--! include log
local now = ARGV[2]
if redis.call('EXISTS', event) == 1 then
  return {'EXISTS'}
end
begin_anew()
-- Facts and log go on behind those of an event of this name that was deleted.
local facts = redis.call('GET', deleted) or 0
redis.call('DEL', deleted)
redis.call('PERSIST', log)
redis.call('PERSIST', seals)
redis.call('HSET', event, 'state', ARGV[3], 'pauses', pauses_after('', 'open', ARGV[3], now),
  'epoch', ARGV[1], 'primary', history_of(ARGV[#ARGV]), 'revision', 0, 'queue', 0, 'serving', 0, 'tokens', 0,
  'completed', 0, 'abandoned', 0, 'expired', 0, 'expired_up_to', 0, 'given_up', 0, 'facts', facts,
  unpack(ARGV, 6, #ARGV - 1))
enter(ARGV[4], now, 'null', ARGV[5])
return {'OK', redis.call('HGETALL', event)}
