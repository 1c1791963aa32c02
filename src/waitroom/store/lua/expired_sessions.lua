-- KEYS: of the event (EventKeys). ARGV: now, how many at most, position in 13 digits of the place
-- to go on behind, or ''. Returns OK, epoch, sessions. Error: UNKNOWN.
--! include event
--! include sessions
local now, limit = tonumber(ARGV[1]), tonumber(ARGV[2])
local epoch = redis.call('HGET', event, 'epoch')
if not epoch then
  return {'UNKNOWN'}
end
local from = 0
if ARGV[3] ~= '' then
  from = (redis.call('ZRANK', expiry, ARGV[3]) or -1) + 1
end
local found = {}
local expired = limit > 0 and redis.call('ZCOUNT', expiry, '-inf', now) or 0
local to = math.min(expired, from + limit) - 1
for _, position in ipairs(to < from and {} or redis.call('ZRANGE', expiry, from, to)) do
  found[#found + 1] = session_of(position)
end
return {'OK', epoch, found}
