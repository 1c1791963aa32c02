-- Take an event that was deleted off the list, unless it was put there again meanwhile.
-- KEYS: of the deployment (DeploymentKeys). ARGV: event ID, epoch that was deleted. Returns OK.
local events = KEYS[2]
local epoch = redis.call('ZSCORE', events, ARGV[1])
if epoch and tonumber(epoch) <= tonumber(ARGV[2]) then
  redis.call('ZREM', events, ARGV[1])
end
return {'OK'}
