-- Take a lane for some time; it is made if there is none.
-- KEYS: of the event (EventKeys). ARGV: subscription ID, owner, now, leased until, a new lane.
-- Returns OK, lane or '' if another has it. Error: UNKNOWN.
--! include event
--! include lanes
local subscription, owner, now, leased_until = unpack(ARGV)
if redis.call('EXISTS', event) == 0 then
  return {'UNKNOWN'}
end
local lease, holder, lane = lane_of(subscription)
if lease and holder ~= owner and tonumber(lease) > tonumber(now) then
  return {'OK', ''}
end
lane = lane or ARGV[5]
write_lane(subscription, leased_until, owner, lane)
return {'OK', lane}
