-- KEYS: of the event (EventKeys). ARGV: now. Returns OK, how many. Error: UNKNOWN.
--! include event
if redis.call('EXISTS', event) == 0 then
  return {'UNKNOWN'}
end
local after = '(' .. ARGV[1]
local running = redis.call('ZCOUNT', expiry, after, '+inf')
return {'OK', running - redis.call('ZCOUNT', ended, after, '+inf')}
