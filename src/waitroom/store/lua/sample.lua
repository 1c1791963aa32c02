-- Keep the counters that the curves do not tell.
-- KEYS: of the event (EventKeys). ARGV: epoch, second, the sample, how many of the newest stay.
-- Returns OK.
--! include event
local second = ARGV[2]
if redis.call('HGET', event, 'epoch') ~= ARGV[1] then
  return {'OK'}
end
redis.call('ZREMRANGEBYSCORE', samples, second, second)
redis.call('ZADD', samples, second, ARGV[3])
redis.call('ZREMRANGEBYRANK', samples, 0, -ARGV[4] - 1)
return {'OK'}
