-- Put an event that has its epoch on the list, and never give out that epoch again.
-- KEYS: of the deployment (DeploymentKeys). ARGV: event ID, epoch. Returns OK.
local deployment, events = KEYS[1], KEYS[2]
local last = tonumber(redis.call('HGET', deployment, 'last_epoch') or 0)
redis.call('HSET', deployment, 'last_epoch', math.max(last, tonumber(ARGV[2])))
redis.call('ZADD', events, 'GT', ARGV[2], ARGV[1])
return {'OK'}
