-- Put an event on the list and give out an epoch for it.
-- KEYS: of the deployment (DeploymentKeys). ARGV: event ID or '', now, an epoch to be above.
-- Returns OK, epoch. With no event ID, only gives out an epoch. Mirrors rules.next_epoch().
local deployment, events = KEYS[1], KEYS[2]
local last = tonumber(redis.call('HGET', deployment, 'last_epoch') or 0)
local epoch = math.max(last + 1, tonumber(ARGV[2]), tonumber(ARGV[3]) + 1)
redis.call('HSET', deployment, 'last_epoch', epoch)
if ARGV[1] ~= '' then
  redis.call('ZADD', events, epoch, ARGV[1])
end
return {'OK', epoch}
