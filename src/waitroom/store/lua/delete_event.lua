-- KEYS: of the event (EventKeys). ARGV: seconds for which it is known that it was deleted.
-- Returns OK, epoch. Error: NOT_FOUND.
--! include event
--! include new_line
local epoch = redis.call('HGET', event, 'epoch')
if not epoch then
  return {'NOT_FOUND'}
end
begin_anew()
redis.call('UNLINK', event)
redis.call('SET', deleted, epoch, 'EX', ARGV[1])
return {'OK', epoch}
