-- Use a one-time code.
-- KEYS: of the event (EventKeys). ARGV: epoch, name of the code, until when that is remembered, now.
-- Returns OK, 1 if this is the first time, else 0. Errors: UNKNOWN, TICKET.
--! include event
local now = tonumber(ARGV[4])
local epoch = redis.call('HGET', event, 'epoch')
if not epoch then
  return {'UNKNOWN'}
end
if epoch ~= ARGV[1] then
  return {'TICKET'}
end
redis.call('ZREMRANGEBYSCORE', used_codes, '-inf', '(' .. ARGV[4])
if redis.call('ZADD', used_codes, 'NX', ARGV[3], ARGV[2]) == 0 then
  return {'OK', 0}
end
-- Clocks differ: the one that is remembered the longest may not be this one.
local last = redis.call('ZRANGE', used_codes, -1, -1, 'WITHSCORES')[2]
redis.call('EXPIRE', used_codes, math.max(1, last - now + 1))
return {'OK', 1}
