-- KEYS: of the event (EventKeys). ARGV: since when, how many points at most.
-- Returns OK, members and scores of the arrivals curve, members of the servings curve.
-- Error: NOT_FOUND.
--! include event
--! include curves
local since, limit = tonumber(ARGV[1]), tonumber(ARGV[2])
if redis.call('EXISTS', event) == 0 then
  return {'NOT_FOUND'}
end
if limit < 1 then
  return {'OK', {}, {}}
end
local from = rank_from(arrivals, since)
local come = redis.call('ZRANGE', arrivals, from, from + limit - 1, 'WITHSCORES')
from = rank_from(servings, since)
return {'OK', come, redis.call('ZRANGE', servings, from, from + limit - 1)}
