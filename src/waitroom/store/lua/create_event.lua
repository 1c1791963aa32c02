-- KEYS: of the event (EventKeys). ARGV: epoch, now, state, then name and JSON of each other setting,
-- then the run ID of this server. Returns OK, fields. Error: EXISTS.
--! include event
--! include history
--! include new_line
--! include pauses
if redis.call('EXISTS', event) == 1 then
  return {'EXISTS'}
end
begin_anew()
redis.call('DEL', deleted)
redis.call('HSET', event, 'state', ARGV[3], 'pauses', pauses_after('', 'open', ARGV[3], ARGV[2]),
  'epoch', ARGV[1], 'primary', history_of(ARGV[#ARGV]), 'revision', 0, 'queue', 0, 'serving', 0, 'tokens', 0,
  'completed', 0, 'abandoned', 0, 'expired', 0, 'expired_up_to', 0, unpack(ARGV, 4, #ARGV - 1))
return {'OK', redis.call('HGETALL', event)}
