-- KEYS: of the event (EventKeys). ARGV: seconds for which it is known that it was deleted, seconds
-- for which its log stays. Returns OK, epoch. Error: NOT_FOUND.
--! include event
--! include new_line
local at = redis.call('HMGET', event, 'epoch', 'facts')
if not at[1] then
  return {'NOT_FOUND'}
end
begin_anew()
redis.call('UNLINK', event, outbox, lanes, dead_letters, themes, theme_texts)
redis.call('SET', deleted, at[2] or 0, 'EX', ARGV[1])
redis.call('EXPIRE', log, ARGV[2])
redis.call('EXPIRE', seals, ARGV[2])
return {'OK', at[1]}
