-- KEYS: of the event (EventKeys). ARGV: since when, how many at most.
-- Returns OK, samples, oldest first. Error: NOT_FOUND.
--! include event
if redis.call('EXISTS', event) == 0 then
  return {'NOT_FOUND'}
end
return {'OK', redis.call('ZRANGE', samples, ARGV[1], '+inf', 'BYSCORE', 'LIMIT', 0, ARGV[2])}
