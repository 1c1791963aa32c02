-- Write a lane down for who has it, and a dead letter with it.
-- KEYS: of the event (EventKeys). ARGV: subscription ID, owner, leased until, lane; then, if there is
-- a dead letter, its seq and itself. Returns OK, 1; or OK, 0 if another has the lane or it is gone.
--! include event
--! include lanes
--! include letters
local subscription, owner, leased_until, lane, seq, letter = unpack(ARGV)
local _, holder = lane_of(subscription)
if holder ~= owner then
  return {'OK', 0}
end
write_lane(subscription, leased_until, owner, lane)
if letter then
  local old = letter_of(subscription, seq)
  if old then
    redis.call('ZREM', dead_letters, old)
  end
  redis.call('ZADD', dead_letters, seq, subscription .. '\n' .. letter)
end
return {'OK', 1}
